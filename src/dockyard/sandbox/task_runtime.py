"""Where a sandbox's tasks run: their images tried once, and with a live clock their containers as processes.

Knows nothing about how either is done. Nothing of it is loaded before a call makes tasks.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from dockyard.sandbox.host import Host
from dockyard.sandbox.learner import Learner

if TYPE_CHECKING:
    from dockyard.runtime.containers import Containers
    from dockyard.sandbox.probing import Probing
    from dockyard.sandbox.task_environment import TaskEnvironment
    from dockyard.sandbox.task_images import TaskImages

#: Calls after which there may be images that nobody observed, or questions that nobody asked.
MAKES_TASKS = ("RunTask", "CreateService", "UpdateService", "ModifyTargetGroup")


class TaskRuntime:
    """The one of an account. `folder` is for containers, `facts` for what is known of images, `endpoint` our port."""

    def __init__(self, host: Host, learner: Learner, folder: Path, facts: Path, endpoint: str) -> None:
        self._host = host
        self._learner = learner
        self._folder = folder
        self._facts = facts
        self._endpoint = endpoint

    async def after(self, operation: str) -> None:
        """An operation of ECS or of a load balancer went well: what it makes worth knowing is known on return."""
        if operation in MAKES_TASKS:
            await self._probing.look()

    async def close(self) -> None:
        """End every process."""
        if "_containers" in self.__dict__:
            await self._containers.close()

    @functools.cached_property
    def _images(self) -> TaskImages:
        from dockyard.sandbox.task_images import TaskImages

        return TaskImages(self._host, self._learner)

    @functools.cached_property
    def _containers(self) -> Containers:
        from dockyard.runtime.containers import Containers

        return Containers(self._folder, self._images)

    @functools.cached_property
    def _environment(self) -> TaskEnvironment:
        from dockyard.sandbox.task_environment import TaskEnvironment

        return TaskEnvironment(self._host, self._learner, self._endpoint)

    @functools.cached_property
    def _probing(self) -> Probing:
        from dockyard.sandbox.probing import Probing

        return Probing(self._host, self._learner, self._images, self._containers, self._environment, self._facts)
