"""Tasks whose containers run outside: what was seen of them takes the place of what their images are known to do.

Knows nothing about processes. Whoever runs them starts what the account says RUNNING, and reports; whatever is reported
of a task that is gone or plays again changes nothing.
"""

from __future__ import annotations

from dockyard.cloud.ecs.containers import ContainerLife
from dockyard.cloud.ecs.facts import check_of
from dockyard.cloud.ecs.state import Served, Task
from dockyard.cloud.service import observation


class Witnessing(ContainerLife):
    """What may be reported of tasks."""

    @observation
    def adopted(self, task: str) -> None:
        """The task's containers run outside from now on; one that ran before goes on serving until more is seen."""
        found = self.ecs.tasks.get(task)
        if found is not None and found.alive and not found.outside:
            found.outside, found.served = True, None if found.running else Served()

    @observation
    def released(self) -> None:
        """Nothing runs outside any more: every task goes on as it was seen last."""
        for task in self.ecs.tasks.values():
            if task.outside:
                task.outside = False
                if task.served:
                    task.served.vcpus = 0.0
                self._play_on(task)

    @observation
    def exited(self, task: str, container: str, code: int, reason: str = "") -> None:
        """A container ended."""
        if self._outside(task):
            self.container_exited(task, container, code, reason)

    @observation
    def served(self, task: str, ports: list[int], answers: dict[str, int]) -> None:
        """These ports take connections from any address, and these paths answer so."""
        found = self._outside(task)
        if found is not None:
            found.served = found.served or Served()
            found.served.ports, found.served.answers = ports, answers
            if found.running:
                self.serve(found)

    @observation
    def checked(self, task: str, container: str, health: str) -> None:
        """The container's health check said HEALTHY or UNHEALTHY."""
        if self._outside(task):
            self.health_found(task, container, health)

    @observation
    def wrote(self, task: str, container: str, lines: list[str]) -> None:
        """The container wrote these lines."""
        found = self._outside(task)
        for one in self.containers_of(found) if found else ():
            if one["name"] == container:
                self.write_log(found, one, *lines)  # type: ignore[arg-type]

    @observation
    def used(self, task: str, vcpus: float, memory: int) -> None:
        """The containers use so much CPU from now on, in vCPU, and hold so many MiB."""
        found = self._outside(task)
        if found is not None and found.served is not None:
            found.served.vcpus, found.served.memory = vcpus, memory

    def _outside(self, number: str) -> Task | None:
        found = self.ecs.tasks.get(number)
        return found if found is not None and found.outside else None

    def _play_on(self, task: Task) -> None:
        for one in self.containers_of(task):
            container = task.containers[one["name"]]
            runs = container.last_status == "RUNNING" and container.loads_until <= self.now
            if task.alive and runs and container.health == "UNKNOWN" and check_of(one):
                self.plan_health(task, one)
