"""The containers of a task: started in their order, healthy or not, ended; what they write and what they serve.

Knows nothing about the task's own stages. A container plays what is known of its image; where nobody observed it, it is
a healthy server on its ports, or, where others wait for its end, a job that ends well.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_dependson
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecs.facts import KILLED, check_of, ports_of
from dockyard.cloud.ecs.loading import Loading, executable, patience_of, runs_on
from dockyard.cloud.ecs.state import Container, Task
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.logs.service import Logs
from dockyard.cloud.network import Endpoint
from dockyard.cloud.service import effect

#: Our model: a container that ends by itself does so after so many seconds, and so does one that obeys SIGTERM.
ENDS_AFTER = 2.0
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_timeout
STOP_TIMEOUT, LONGEST_STOP, START_TIMEOUT = 30.0, 120.0, 180.0
#: The exit code of a server that does nothing about SIGTERM, and of a container that ECS never started.
TERMINATED = 143
#: What a container exits with whose program the machine cannot run.
CANNOT_EXECUTE = 1
EXITED = "EssentialContainerExited"
OUT_OF_MEMORY = "OutOfMemoryError: container killed due to memory usage"
WAITED_FOR_IN_VAIN = "CannotStartContainerError: the container it depends on did not become what dependsOn asks for"


class ContainerLife(Loading):
    """Starts containers, follows them and ends them."""

    def start_containers(self, task: Task) -> None:
        """Start every container whose dependencies hold; once none waits any more, the task runs."""
        definitions, started = self.containers_of(task), True
        while started:
            waiting = [one for one in definitions if task.containers[one["name"]].last_status == "PENDING"]
            ready = [one for one in waiting if all(_holds(link, task) for link in one.get("dependsOn", []))]
            for one in ready:
                self._start(task, one)
            started = bool(ready)
        if not waiting and task.last_status == "ACTIVATING":
            self.all_started(task)
        for one in waiting:
            if any(_is_broken(link, task) for link in one["dependsOn"]):
                self.gave_up_waiting(task.id, one["name"])

    def plan_patience(self, task: Task) -> None:
        """Plan for the containers that wait for others to wait only so long."""
        for one in self.containers_of(task):
            if one.get("dependsOn"):
                self.plan(float(one.get("startTimeout") or START_TIMEOUT), "gave_up_waiting", task.id, one["name"])

    @effect
    def plays_end(self, number: str, name: str, code: int, reason: str = "") -> None:
        """A container ends as its image was seen to; one that runs outside ends when it does."""
        if not self.ecs.tasks[number].outside:
            self.container_exited(number, name, code, reason)

    @effect
    def plays_health(self, number: str, name: str, health: str) -> None:
        """A health check finds what it is known to find; one outside is really asked."""
        task = self.ecs.tasks.get(number)
        if task is not None and not task.outside:
            self.health_found(number, name, health)

    def container_exited(self, number: str, name: str, code: int, reason: str = "") -> None:
        """A container ended by itself: its task ends with an essential one, and goes on without another."""
        task = self.ecs.tasks[number]
        container = task.containers[name]
        if container.last_status == "STOPPED":
            return
        container.last_status, container.exit_code, container.reason = "STOPPED", code, reason
        if not task.alive:
            self._serve_no_more(task)
            return
        self.note(f"container {name} of task {number} exited with {code}{f': {reason}' if reason else ''}")
        if self._is_essential(task, name):
            self.stop(task, EXITED, "Essential container in task exited")
            self._serve_no_more(task)
            return
        self.start_containers(task)
        if task.running:
            self.serve(task)

    @effect
    def gave_up_waiting(self, number: str, name: str) -> None:
        """A container waited for another in vain: it counts as ended, though it never began."""
        task = self.ecs.tasks.get(number)
        if task is not None and task.alive and task.containers[name].last_status == "PENDING":
            self.container_exited(number, name, TERMINATED, WAITED_FOR_IN_VAIN)

    def health_found(self, number: str, name: str, health: str) -> None:
        """A container's health check passed, or failed as often as it may."""
        task = self.ecs.tasks.get(number)
        if task is None or not task.alive or task.containers[name].last_status != "RUNNING":
            return
        task.containers[name].health = health
        checked = [one.health for one in self._essential(task) if one.health != "UNKNOWN"]
        task.health = "UNHEALTHY" if "UNHEALTHY" in checked else "HEALTHY" if checked else "UNKNOWN"
        self.start_containers(task)
        self._changed(task)

    def serve(self, task: Task) -> None:
        """Put on the network what the task's running containers serve; its targets are checked soon."""
        ports, answers = self._served(task)
        known = self.network.endpoints.get(task.address)
        endpoint = Endpoint(task.address, tuple(ports), self.ecs.definitions[task.definition].vcpus, answers)
        endpoint.busy_ms = known.busy_ms if known else 0.0
        self.network.endpoints[task.address] = endpoint
        if known:
            self.peer(ElasticLoadBalancing).look_again(task.address)

    def _serve_no_more(self, task: Task) -> None:
        """What ended takes its connections along, long before the task's interface goes."""
        if task.started_at is not None and task.last_status in ("DEACTIVATING", "STOPPING"):
            self.serve(task)

    def _served(self, task: Task) -> tuple[list[int], dict[str, int]]:
        """The ports that a task's containers serve, and what their paths answer."""
        if any(one.last_status == "STOPPED" for one in self._essential(task)):
            return [], {}  # nobody waits for the others
        if task.served:
            return task.served.ports, task.served.answers
        ports, answers = list[int](), dict[str, int]()
        for one in self.containers_of(task):
            container = task.containers[one["name"]]
            if container.last_status == "RUNNING" and container.loads_until <= self.now:
                facts = self.facts_of(task, one)
                ports += facts.ports if facts else ports_of(one)
                answers |= facts.answers if facts else {}
        return ports, answers

    def seconds_to_end(self, task: Task) -> float:
        """How long the running containers take to end after SIGTERM: those that do not obey, until SIGKILL."""
        return max((self._seconds_to_end(task, one) for one in self.containers_of(task)), default=0.0)

    def end_containers(self, task: Task) -> None:
        """The containers that still run end: by SIGTERM, or by SIGKILL."""
        for one in self.containers_of(task):
            container, facts = task.containers[one["name"]], self.facts_of(task, one)
            if container.last_status == "RUNNING":
                code = facts.stop_code if facts else TERMINATED
                container.exit_code = KILLED if code is None else code
            container.last_status = "STOPPED"

    def write_log(self, task: Task, container: dict[str, Any], *lines: str) -> None:
        """Write lines to a container's stream, where its log driver is awslogs and its group exists."""
        log = container.get("logConfiguration") or {}
        if log.get("logDriver") != "awslogs":
            return
        options = log["options"]
        stream = f"{options.get('awslogs-stream-prefix', 'ecs')}/{container['name']}/{task.id}"
        logs = self.simulation.service(Logs, options.get("awslogs-region", self.region))
        for line in lines if logs.group_exists(options["awslogs-group"]) else ():
            logs.write(options["awslogs-group"], stream, line)

    def all_started(self, task: Task) -> None:
        """No container waits any more (the task's life goes on)."""
        raise NotImplementedError

    def stop(self, task: Task, code: str, reason: str) -> None:
        """Stop a task (its life says how)."""
        raise NotImplementedError

    def _start(self, task: Task, container: dict[str, Any]) -> None:
        name = container["name"]
        task.containers[name].last_status = "RUNNING"
        self.write_log(task, container, f"container {name} started from {task.images.get(name, container['image'])}")
        found = self.pushed(task, container)
        if found and not runs_on(self.ecs.definitions[task.definition], found):
            program = executable(found.configuration, container) or "user process caused"
            self.write_log(task, container, f"exec {program}: exec format error")
            self.plan(0.0, "plays_end", task.id, name, CANNOT_EXECUTE)  # nobody sees it RUNNING
        elif found and found.configuration.starts_after:
            self.load(task, container, found.configuration.starts_after)
        elif not task.outside:
            self.play(task, container)

    def play(self, task: Task, container: dict[str, Any], age: float = 0.0) -> None:
        """Do what is known of the image: write its lines, plan its end or its health."""
        name, facts = container["name"], self.facts_of(task, container)
        self.write_log(task, container, *(facts.lines if facts else ()))
        if ending := self._ending(task, container):
            self.plan(ENDS_AFTER, "plays_end", task.id, name, *ending)
        elif check_of(container):
            self.plan_health(task, container, age)

    def plan_health(self, task: Task, container: dict[str, Any], age: float = 0.0) -> None:
        """Plan what the container's health check will find, as far as anybody knows; it began `age` seconds ago."""
        asked, facts = container["healthCheck"], self.facts_of(task, container)
        passes = facts.checks.get(check_of(container), True) if facts else True
        start, interval = float(asked.get("startPeriod") or 0), float(asked.get("interval") or 30)
        due = start + interval if passes else patience_of(container)
        due = max(due - age, interval) if age else due
        self.plan(due, "plays_health", task.id, container["name"], "HEALTHY" if passes else "UNHEALTHY")

    def _ending(self, task: Task, container: dict[str, Any]) -> tuple[int, str] | None:
        """How a container ends by itself (exit code, reason), None where it keeps running."""
        facts = self.facts_of(task, container)
        if facts is None:
            return (0, "") if self._is_waited_for(task, container["name"]) else None
        if not facts.fits(self.limit_of(task, container)):
            return KILLED, OUT_OF_MEMORY
        return None if facts.exit_code is None else (facts.exit_code, "")

    def _seconds_to_end(self, task: Task, container: dict[str, Any]) -> float:
        facts = self.facts_of(task, container)
        if task.containers[container["name"]].last_status != "RUNNING":
            return 0.0
        if facts is None or facts.stop_code is not None:
            return ENDS_AFTER
        return min(float(container.get("stopTimeout") or STOP_TIMEOUT), LONGEST_STOP)

    def _is_waited_for(self, task: Task, name: str) -> bool:
        links = (link for one in self.containers_of(task) for link in one.get("dependsOn", []))
        return any(one["containerName"] == name and one["condition"] in ("COMPLETE", "SUCCESS") for one in links)

    def _is_essential(self, task: Task, name: str) -> bool:
        return any(one["essential"] for one in self.containers_of(task) if one["name"] == name)

    def _essential(self, task: Task) -> list[Container]:
        return [task.containers[one["name"]] for one in self.containers_of(task) if one["essential"]]


def _holds(link: dict[str, str], task: Task) -> bool:
    """Whether a dependency is fulfilled."""
    other = task.containers[link["containerName"]]
    if link["condition"] == "START":
        return other.last_status != "PENDING"
    if link["condition"] == "HEALTHY":
        return other.health == "HEALTHY"
    return other.last_status == "STOPPED" and (link["condition"] == "COMPLETE" or other.exit_code == 0)


def _is_broken(link: dict[str, str], task: Task) -> bool:
    """Whether a dependency will never be fulfilled: the other ended, and not as it should."""
    return task.containers[link["containerName"]].last_status == "STOPPED" and not _holds(link, task)
