"""How a container's process begins: at once, after loading for a while, or never, where its image is for another CPU.

Knows nothing about facts or about what follows an end. How long an image loads is nominal: its label
`dev.dockyard.starts-after`, kept in ECR with the image, so that it holds on every runtime and in a fork.
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecr.service import Ecr, ImageFound
from dockyard.cloud.ecr.state import Configuration
from dockyard.cloud.ecs.facts import check_of
from dockyard.cloud.ecs.observing import Observing
from dockyard.cloud.ecs.state import Task, TaskDefinition
from dockyard.cloud.service import effect

LABEL = "dev.dockyard.starts-after"
#: Where a bare name is found on the PATH of the images at hand: what a base or pip brings, and the system's own.
LOCAL, SYSTEM = "/usr/local/bin", "/usr/bin"
SYSTEM_NAMES = ("sh", "bash", "dash", "env", "nginx", "sleep")


class Loading(Observing):
    """What stands between a container's start and its server."""

    def pushed(self, task: Task, container: dict[str, Any]) -> ImageFound | None:
        """The container's image in ECR as it was pulled, or will be."""
        pinned = self.image_of(task, container)
        return self.peer(Ecr).resolve(pinned) if pinned else None

    def is_foreign(self, task: Task, container: dict[str, Any]) -> bool:
        """Whether the container's image is for another architecture than the task's."""
        found = self.pushed(task, container)
        return found is not None and not runs_on(self.ecs.definitions[task.definition], found)

    def load(self, task: Task, container: dict[str, Any], seconds: float) -> None:
        """The process loads for so long: it does not listen, and its own health check fails meanwhile."""
        name = container["name"]
        task.containers[name].loads_until = self.now + seconds
        self.write_log(task, container, f"loading for {seconds:g} s (label {LABEL})")
        self.plan(seconds, "loaded", task.id, name, seconds)
        patience = patience_of(container)
        if check_of(container) and patience < seconds:
            self.plan(patience, "loads_too_long", task.id, name)

    @effect
    def loaded(self, number: str, name: str, seconds: float) -> None:
        """The process is done with loading: it plays what is known of it; one that runs outside really starts now."""
        task = self.ecs.tasks.get(number)
        if task is None or not task.alive or task.outside or task.containers[name].last_status != "RUNNING":
            return
        task.served = None  # what was seen outside while it loaded says nothing about now
        self.play(task, next(one for one in self.containers_of(task) if one["name"] == name), seconds)
        if task.running:
            self.serve(task)

    @effect
    def loads_too_long(self, number: str, name: str) -> None:
        """The container's health check has failed as often as it may."""
        self.health_found(number, name, "UNHEALTHY")

    def play(self, task: Task, container: dict[str, Any], age: float = 0.0) -> None:
        """Do what is known of an image whose process is `age` seconds old."""
        raise NotImplementedError

    def write_log(self, task: Task, container: dict[str, Any], *lines: str) -> None:
        """Write lines to a container's stream."""
        raise NotImplementedError

    def health_found(self, number: str, name: str, health: str) -> None:
        """A health check passed, or failed as often as it may."""
        raise NotImplementedError


def runs_on(definition: TaskDefinition, image: ImageFound) -> bool:
    """Whether an image offers the architecture of a definition."""
    return definition.architecture in (image.platforms or (image.architecture,))


def patience_of(container: dict[str, Any]) -> float:
    """The seconds after which a health check that never passes says UNHEALTHY.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    """
    asked = container.get("healthCheck") or {}
    start = float(asked.get("startPeriod") or 0)
    return start + int(asked.get("retries") or 3) * float(asked.get("interval") or 30)


def executable(configuration: Configuration, container: dict[str, Any]) -> str:
    """The path of the program that a container runs, "" where nobody knows: an entry point, else a command."""
    entry = (container.get("entryPoint") or [configuration.entrypoint])[0]
    word: str = entry or (container.get("command") or [configuration.command])[0]
    return word if "/" in word or not word else f"{SYSTEM if word in SYSTEM_NAMES else LOCAL}/{word}"
