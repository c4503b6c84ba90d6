"""A task's life: PROVISIONING → PENDING → ACTIVATING → RUNNING → DEACTIVATING → STOPPING → DEPROVISIONING → STOPPED.

Knows nothing about why a service wants a task; when one of its tasks changes it asks the scheduler to look.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecs.containers import EXITED, ContainerLife
from dockyard.cloud.ecs.start import Start
from dockyard.cloud.ecs.state import Container, Task, TaskDefinition
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.service import Meters, effect
from dockyard.errors import AwsError

#: Our model of the stages nobody documents the length of, in seconds.
PROVISIONING, ACTIVATING, DEPROVISIONING = 8.0, 4.0, 8.0
#: https://aws.amazon.com/fargate/pricing/
LEAST_BILLED = 60.0
#: A stopped task is described for an hour.
REMEMBERED = 3600.0


class TaskLife(ContainerLife):
    """Starts tasks, moves them through their stages and stops them."""

    def launch(
        self, definition: TaskDefinition, cluster: str, network: dict[str, Any], subnet_id: str, **more: Any
    ) -> Task:
        """A new task in PROVISIONING, with its network interface. `more`: further members of Task."""
        subnet = self.neighbours.subnet(self.region, subnet_id)
        if subnet is None:
            raise AwsError("InvalidParameterException", f"The subnet ID '{subnet_id}' does not exist")
        number = self.account.identifiers.hex(32)
        arn = self.arn(f"task/{cluster}/{number}")
        task = Task(number, arn, cluster, definition.arn, created_at=self.now, network=network, **more)
        task.containers = {one["name"]: Container(one["name"]) for one in definition.containers}
        groups = tuple(network.get("securityGroups", ()))
        if not groups:
            default = self.neighbours.default_security_group(self.region, subnet.vpc)
            groups = (default,) if default else ()
        public = network.get("assignPublicIp") == "ENABLED"
        interface = self.network.attach(subnet, groups, arn, self.account.identifiers, public=public)
        task.interface, task.address = interface.id, interface.address
        task.subnet, task.zone = subnet.id, subnet.zone
        self.ecs.tasks[number] = task
        self.plan(PROVISIONING, "provisioned", number)
        return task

    def stop(self, task: Task, code: str, reason: str) -> None:
        """Stop a task; `code` and `reason` as DescribeTasks shows them."""
        if not task.alive:
            return
        self.note(f"task {task.id} is stopped: {reason}")
        task.desired_status, task.stop_code, task.stopped_reason = "STOPPED", code, reason
        task.stopping_at = self.now
        service = self.service_of(task)
        if service and code == "ServiceSchedulerInitiated":
            service.stopped.append(task.id)
        if task.last_status in ("RUNNING", "ACTIVATING"):
            task.last_status = "DEACTIVATING"
            drained = self._deregister(task)
            # an exit is no matter of the targets: ECS takes them out, but nobody waits for a dead server
            self.plan(0.0 if code == EXITED else drained, "deactivated", task.id)
        else:
            self._deprovision(task)
        self._changed(task)

    @effect
    def provisioned(self, number: str) -> None:
        """The interface is attached: pull the images."""
        task = self.ecs.tasks[number]
        if not task.alive:
            return
        task.last_status, task.pull_started_at = "PENDING", self.now
        found = Start(self, task, self.ecs.definitions[task.definition]).pull()
        if found.obstacle:
            self.plan(found.seconds, "failed_to_start", number, found.obstacle)
        else:
            self.plan(found.seconds, "pulled", number)

    @effect
    def failed_to_start(self, number: str, reason: str) -> None:
        """The images or the log could not be had."""
        task = self.ecs.tasks[number]
        if task.alive:
            task.pull_stopped_at = self.now
            for one in task.containers.values() if reason.startswith("CannotPull") else ():
                one.reason = reason
            self.stop(task, "TaskFailedToStart", reason)

    @effect
    def pulled(self, number: str) -> None:
        """The images are there: start the containers and register with the load balancer."""
        task = self.ecs.tasks[number]
        if not task.alive:
            return
        task.pull_stopped_at, task.last_status = self.now, "ACTIVATING"
        for container in self.ecs.definitions[task.definition].containers:
            if image := self._digest(container["image"], task):
                task.images[container["name"]] = image
        self.plan(ACTIVATING, "activated", number)

    @effect
    def activated(self, number: str) -> None:
        """The images are unpacked: the containers start, each when those it depends on let it."""
        task = self.ecs.tasks[number]
        if task.alive:
            self.plan_patience(task)
            self.start_containers(task)

    def all_started(self, task: Task) -> None:
        """Every container runs, or has done what it was for: the task runs, and its targets are registered."""
        task.last_status, task.started_at, task.measured_until = "RUNNING", self.now, self.now
        self.account.causes.note(self.now, f"task {task.id} runs")
        self.serve(task)
        self._register(task)
        if deployment := self._deployment_of(task):
            deployment.start_failures, deployment.not_before = 0, 0.0
        self._changed(task)

    @effect
    def deactivated(self, number: str) -> None:
        """The targets have drained, or nobody waits for them: SIGTERM to every container that still runs."""
        task = self.ecs.tasks[number]
        task.last_status = "STOPPING"
        self.plan(self.seconds_to_end(task), "ended", number)

    @effect
    def ended(self, number: str) -> None:
        """The containers have ended."""
        task = self.ecs.tasks[number]
        if task.outside and any(one.last_status == "RUNNING" for one in task.containers.values()):
            self.plan(1.0, "ended", number)  # whoever runs them has sent SIGTERM and will say how they ended
            return
        self.end_containers(task)
        self._deprovision(task)

    @effect
    def deprovisioned(self, number: str) -> None:
        """The interface is gone: the task is STOPPED, and billed."""
        task = self.ecs.tasks[number]
        task.last_status, task.stopped_at = "STOPPED", self.now
        self.plan(REMEMBERED, "forgotten", number)
        self._changed(task)

    @effect
    def forgotten(self, number: str) -> None:
        """An hour later nobody can describe the task any more."""
        self.ecs.tasks.pop(number, None)

    def _deprovision(self, task: Task) -> None:
        self.spend(self.cost(task))
        task.last_status = "DEPROVISIONING"
        for one in task.containers.values():
            one.last_status = "STOPPED"
        self.network.detach(task.interface)
        self.peer(ElasticLoadBalancing).look_again(task.address)
        self.plan(DEPROVISIONING, "deprovisioned", task.id)

    def cost(self, task: Task) -> Meters:
        """What a task has used since its pull began; Fargate bills by the second, one minute at least."""
        if task.pull_started_at is None:
            return
        definition, seconds = self.ecs.definitions[task.definition], self.now - task.pull_started_at
        kind = "Fargate Arm" if definition.architecture == "arm64" else "Fargate"
        yield f"{kind} vCPU", max(seconds, LEAST_BILLED) * definition.vcpus
        yield f"{kind} GB", max(seconds, LEAST_BILLED) * definition.memory / 1024
        interface = self.network.interfaces.get(task.interface)
        if interface is not None and interface.public:
            yield "public IPv4 address", seconds

    def _register(self, task: Task) -> None:
        balancing, service = self.peer(ElasticLoadBalancing), self.service_of(task)
        for one in service.load_balancers if service else ():
            group = one["targetGroupArn"]
            if service and balancing.target_group(group) is not None:
                balancing.register(group, task.address, one["containerPort"])
                service.joined[group] = service.joined.get(group, 0) + 1

    def _deregister(self, task: Task) -> float:
        """Take the task out of its target groups; returns the longest deregistration delay, in seconds."""
        balancing, service, longest = self.peer(ElasticLoadBalancing), self.service_of(task), 0.0
        for one in service.load_balancers if service else ():
            group, port = one["targetGroupArn"], one["containerPort"]
            if service and balancing.health(group, task.address, port) is not None:
                longest = max(longest, balancing.deregister(group, task.address, port))
                service.left[group] = service.left.get(group, 0) + 1
        return longest
