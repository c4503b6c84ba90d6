"""What an account's tasks run on here: its images, its containers, and what they find in their environment.

Knows nothing about when one runs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dockyard.runtime.containers import Containers
from dockyard.sandbox.host import Host
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.tasks.environment import TaskEnvironment
from dockyard.sandbox.tasks.images import TaskImages
from dockyard.sandbox.tasks.orders import TaskOrder, orders
from dockyard.sandbox.tasks.run import TaskRun


@dataclass(frozen=True, slots=True)
class Fargate:
    """The one of an account."""

    host: Host
    learner: Learner
    images: TaskImages
    containers: Containers
    environment: TaskEnvironment

    def orders(self, without: Collection[str] = ()) -> list[TaskOrder]:
        """What the account wants of its tasks, but for those of these ids."""
        with self.host.lock:
            return list(orders(self.learner.world, without))

    def can_run(self, order: TaskOrder) -> bool:
        """Whether the images of all its containers are there, and run on this machine."""
        return self.images.all_run(order.region, [one.image for one in order.containers])

    def run(self, order: TaskOrder, speed: float) -> TaskRun:
        """The task's life outside, begun; `speed` in simulated seconds per real second."""
        return TaskRun(self.containers, self.environment, speed, order)
