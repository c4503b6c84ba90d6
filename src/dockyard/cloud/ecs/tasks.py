"""Tasks: run, described, listed, stopped.

Knows nothing about services beyond the name a task carries.
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecs.base import invalid, last_part, refused
from dockyard.cloud.ecs.capacity import chosen, settle
from dockyard.cloud.ecs.clusters import page
from dockyard.cloud.ecs.fargate import suits
from dockyard.cloud.ecs.life import TaskLife
from dockyard.cloud.ecs.shapes import tags_of_task, with_tags
from dockyard.cloud.ecs.state import Task, TaskDefinition
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

TASKS_PRINCIPAL = "ecs-tasks.amazonaws.com"


class Tasks(TaskLife):
    """The operations on tasks."""

    @operation("RunTask")
    def run_task(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"""
        cluster = self.cluster(request.get("cluster"))
        definition = self.active_definition(request["taskDefinition"])
        settle(request := dict(request), cluster.providers, cluster.strategy)
        network = self.checked_network(request, definition)
        if request.get("launchType", "FARGATE") != "FARGATE":
            raise invalid("No Container Instances were found in your cluster.")
        self.check_fargate(definition)
        count = request.get("count") or 1
        if not 1 <= count <= 10:
            raise invalid("The number of tasks to start (count) must be between 1 and 10.")
        if obstacle := self.unassumable(definition):
            raise refused(obstacle)
        group = request.get("group") or f"family:{definition.family}"
        subnets, tasks, failures = network["subnets"], list[Task](), []
        for number in range(count):
            try:
                task = self.launch(
                    definition, cluster.name, network, subnets[number % len(subnets)],
                    group=group, started_by=request.get("startedBy", ""), launch_type="FARGATE",
                    overrides=request.get("overrides", {}), tags=tags_of_task(request, definition, cluster.name),
                    execute_command=request.get("enableExecuteCommand", False),
                    provider=chosen(request.get("capacityProviderStrategy", []), [one.provider for one in tasks]),
                )  # fmt: skip
                tasks.append(task)
            except AwsError as error:  # the subnet is full; what was launched stays
                failures.append({"reason": "RESOURCE:ENI", "detail": error.message})
        return {"tasks": [self.task_shape(one) for one in tasks], "failures": failures}

    @operation("ExecuteCommand")
    def execute_command(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html"""
        cluster = self.cluster(request.get("cluster"))
        task = self.ecs.tasks.get(last_part(request["task"]))
        if task is None or task.cluster != cluster.name or not task.running:
            raise invalid("The specified task was not found or is not running.")
        if not task.execute_command:
            raise invalid(
                "The execute command failed because execute command was not enabled when the task was run or the "
                "execute command agent isn't running. Wait and try again or run a new task with execute command "
                "enabled and try again."
            )
        text = "Dockyard's tasks serve, but run no shell to connect to: read the container's log instead."
        raise AwsError("TargetNotConnectedException", text)

    @operation("StopTask")
    def stop_task(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html"""
        cluster = self.cluster(request.get("cluster"))
        task = self.ecs.tasks.get(last_part(request["task"]))
        if task is None or task.cluster != cluster.name:
            raise invalid("The referenced task was not found.")
        self.stop(task, "UserInitiated", request.get("reason") or "Task stopped by user")
        return {"task": self.task_shape(task)}

    @operation("DescribeTasks", settles="tasks_steady")
    def describe_tasks(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html"""
        cluster = self.cluster(request.get("cluster"))
        found, failures = [], []
        for reference in request["tasks"]:
            task = self.ecs.tasks.get(last_part(reference))
            if task is None or task.cluster != cluster.name:
                arn = self.arn(f"task/{cluster.name}/{last_part(reference)}")
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                found.append(with_tags(self.task_shape(task), task.tags, request))
        return {"tasks": found, "failures": failures}

    @operation("ListTasks")
    def list_tasks(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html"""
        cluster = self.cluster(request.get("cluster"))
        desired = request.get("desiredStatus", "RUNNING")
        if request.get("serviceName") and self.service_record(cluster.name, request["serviceName"]) is None:
            raise AwsError("ServiceNotFoundException", "Service not found.")
        arns = [
            one.arn
            for one in self.ecs.tasks.values()
            if one.cluster == cluster.name and one.desired_status == desired and self._listed(one, request)
        ]
        return page(request, "taskArns", arns)

    def _listed(self, task: Task, request: Request) -> bool:
        return all(
            (
                not request.get("serviceName") or task.service == last_part(request["serviceName"]),
                not request.get("family") or self.ecs.definitions[task.definition].family == request["family"],
                not request.get("startedBy") or task.started_by == request["startedBy"],
                request.get("launchType") in (None, task.launch_type),
            )
        )

    def tasks_steady(self, request: Request) -> bool:
        """Whether each task asked for has the status it should have."""
        asked = (self.ecs.tasks.get(last_part(one)) for one in request["tasks"])
        return all(one is None or one.last_status == one.desired_status for one in asked)

    def checked_network(self, request: Request, definition: TaskDefinition) -> dict[str, Any]:
        """The request's awsvpcConfiguration, refused when absent or when it names what does not exist."""
        if definition.document.get("networkMode") != "awsvpc":
            return {}
        network: dict[str, Any] | None = (request.get("networkConfiguration") or {}).get("awsvpcConfiguration")
        if not network:
            raise invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
        self._check_places(network)
        return network

    @staticmethod
    def check_fargate(definition: TaskDefinition) -> None:
        """Refuse a definition that Fargate cannot run."""
        if not suits(definition.document):
            raise invalid("Task definition does not support launch_type FARGATE.")

    def _check_places(self, network: dict[str, Any]) -> None:
        if not network.get("subnets"):
            raise invalid("subnets can not be empty.")
        for subnet in network["subnets"]:
            if self.neighbours.subnet(self.region, subnet) is None:
                raise invalid(
                    f"Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not exist "
                    "(ErrorCode: InvalidSubnetID.NotFound)"
                )
        for group in network.get("securityGroups", []):
            if self.neighbours.security_group(self.region, group) is None:
                raise invalid(
                    f"Error retrieving security group information for [{group}]: The security group '{group}' does not "
                    "exist (ErrorCode: InvalidGroup.NotFound)"
                )

    def unassumable(self, definition: TaskDefinition) -> str:
        """Why ECS cannot assume the definition's roles ("" when it can)."""
        for member in ("executionRoleArn", "taskRoleArn"):
            arn = definition.document.get(member)
            role = self.neighbours.role(arn) if arn else None
            if arn and (role is None or TASKS_PRINCIPAL not in role.trusted_services):
                return (
                    f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that "
                    "the role being passed has the proper trust relationship and permissions and that your IAM user "
                    "has permissions to pass this role."
                )
        return ""

    def task_shape(self, task: Task) -> dict[str, Any]:
        """The task as the API shows it; moments that have not come are left out."""
        definition = self.ecs.definitions[task.definition]
        moments = {
            "pullStartedAt": task.pull_started_at,
            "pullStoppedAt": task.pull_stopped_at,
            "startedAt": task.started_at,
            "stoppingAt": task.stopping_at,
            "stoppedAt": task.stopped_at,
            "stopCode": task.stop_code or None,
            "stoppedReason": task.stopped_reason or None,
            "startedBy": task.started_by or None,
            "capacityProviderName": task.provider or None,
        }
        return {
            **{name: value for name, value in moments.items() if value is not None},
            "taskArn": task.arn,
            "clusterArn": self.arn(f"cluster/{task.cluster}"),
            "taskDefinitionArn": task.definition,
            "lastStatus": task.last_status,
            "desiredStatus": task.desired_status,
            "healthStatus": task.health,
            "group": task.group,
            "launchType": task.launch_type,
            "platformVersion": "1.4.0",
            "platformFamily": "Linux",
            "availabilityZone": task.zone,
            "cpu": str(int(definition.vcpus * 1024)),
            "memory": str(definition.memory),
            "createdAt": task.created_at,
            "connectivity": "CONNECTED",
            "enableExecuteCommand": task.execute_command,
            "overrides": task.overrides or {"containerOverrides": []},
            "attributes": [],
            "ephemeralStorage": definition.document.get("ephemeralStorage", {"sizeInGiB": 20}),
            "tags": task.tags,
            "version": 1,
            "containers": [self._container_shape(task, one) for one in definition.containers],
            "attachments": [self._attachment(task)],
        }

    def _container_shape(self, task: Task, container: dict[str, Any]) -> dict[str, Any]:
        record = task.containers[container["name"]]
        ended = {"exitCode": record.exit_code} if record.exit_code is not None else {}
        why = {"reason": record.reason} if record.reason else {}
        image = task.images.get(container["name"], "")
        digest = {"imageDigest": image.partition("@")[2]} if "@" in image else {}
        return {
            "containerArn": self.arn(f"container/{task.cluster}/{task.id}/{container['name']}"),
            "taskArn": task.arn,
            "name": container["name"],
            "image": container["image"],
            "lastStatus": record.last_status,
            "healthStatus": record.health,
            "cpu": str(container["cpu"]),
            "networkBindings": [],
            "networkInterfaces": [{"attachmentId": task.interface, "privateIpv4Address": task.address}],
            **ended,
            **why,
            **digest,
        }

    def _attachment(self, task: Task) -> dict[str, Any]:
        interface = self.network.interfaces.get(task.interface)
        details = {"subnetId": task.subnet, "networkInterfaceId": task.interface, "privateIPv4Address": task.address}
        if interface:
            details["macAddress"] = interface.mac
        return {
            "id": task.interface,
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED" if interface else "DELETED",
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }
