"""Services: created, updated, described, listed, deleted, refused as AWS refuses them; and scaled from outside.

Knows nothing about how the scheduler gets from here to there.
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecs.base import invalid, last_part
from dockyard.cloud.ecs.capacity import settle
from dockyard.cloud.ecs.clusters import NAME, page
from dockyard.cloud.ecs.scheduler import Scheduler
from dockyard.cloud.ecs.shapes import service_shape, with_tags
from dockyard.cloud.ecs.state import ServiceRecord, TaskDefinition
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

#: members of a deployment: a change to one of them begins a new deployment
DEPLOYED = ("networkConfiguration", "platformVersion", "launchType", "capacityProviderStrategy")
#: members that UpdateService may change
CHANGEABLE = (
    "deploymentConfiguration", "healthCheckGracePeriodSeconds", "networkConfiguration", "platformVersion",
    "capacityProviderStrategy", "loadBalancers", "enableExecuteCommand", "propagateTags", "enableECSManagedTags",
)  # fmt: skip
#: what a service has unless told
DEFAULTS = {"enableECSManagedTags": False, "enableExecuteCommand": False, "propagateTags": "NONE"}
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
MOST_TASKS = 5000
#: so many changes of a service's desired count are remembered
COUNTS_KEPT = 300
#: what we do not simulate: member → the values that mean it is not used
NOT_SIMULATED: dict[str, tuple[Any, ...]] = {
    "deploymentController": (None, {"type": "ECS"}), "schedulingStrategy": (None, "REPLICA"),
    "serviceConnectConfiguration": (None, {"enabled": False}), "serviceRegistries": (None, []),
    "volumeConfigurations": (None, []), "vpcLatticeConfigurations": (None, []),
}  # fmt: skip


class Services(Scheduler):
    """The operations on services, and what Application Auto Scaling asks."""

    @operation("CreateService")
    def create_service(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"""
        cluster = self.cluster(request.get("cluster"))
        name = request["serviceName"]
        if not NAME.fullmatch(name):
            raise invalid("Invalid service name: letters, numbers, hyphens and underscores, up to 255.")
        key = f"{cluster.name}/{name}"
        if key in self.ecs.services and self.ecs.services[key].status != "INACTIVE":
            raise invalid("Creation of service was not idempotent.")
        if not request.get("taskDefinition"):
            raise invalid("TaskDefinition can not be blank.")
        definition = self.active_definition(request["taskDefinition"])
        kept = self._checked({**DEFAULTS, **request}, definition)
        kept["taskDefinition"] = definition.arn
        arn = self.arn(f"service/{cluster.name}/{name}")
        service = ServiceRecord(name, arn, cluster.name, wanted(request, 0), self.now, kept)
        service.desired_since.append((self.now, service.desired))
        self.ecs.services[key] = service
        self.begin(service, definition.arn, {one: kept[one] for one in DEPLOYED if one in kept})
        return {"service": self._shape(service)}

    @operation("UpdateService")
    def update_service(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html"""
        service = self._active(request)
        # a service may be scaled on though its revision was deregistered, but not deployed again
        found = self.active_definition if {"taskDefinition", "forceNewDeployment"} & set(request) else self.definition
        definition = found(request.get("taskDefinition") or service.primary.definition)
        changed = {one: request[one] for one in CHANGEABLE if one in request}
        before = dict(service.request)
        if changed.get("capacityProviderStrategy"):
            before.pop("launchType", None)
        # to scale is no reason to look again at a balancer or a subnet that may be gone
        only_scaled = set(request) <= {"cluster", "service", "desiredCount"}
        kept = service.request if only_scaled else self._checked({**before, **changed}, definition)
        desired = wanted(request, service.desired)
        deploys = request.get("forceNewDeployment") or definition.arn != service.primary.definition
        deploys = deploys or any(kept.get(one) != service.request.get(one) for one in (*DEPLOYED, "loadBalancers"))
        service.request = kept
        service.request["taskDefinition"] = definition.arn
        self._set_desired(service, desired)
        if deploys:
            self.begin(service, definition.arn, {one: kept[one] for one in DEPLOYED if one in kept})
        self.plan(0, "schedule", service.cluster, service.name)
        return {"service": self._shape(service)}

    @operation("DeleteService")
    def delete_service(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html"""
        service = self._active(request, member="service")
        if service.desired > 0 and not request.get("force"):
            raise invalid("The service cannot be stopped while it is scaled above 0.")
        self._set_desired(service, 0)
        service.status = "DRAINING"
        self.plan(0, "schedule", service.cluster, service.name)
        self.forget_later(service)
        return {"service": self._shape(service)}

    @operation("DescribeServices", settles="services_steady")
    def describe_services(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html"""
        cluster = self.cluster(request.get("cluster"))
        if len(request["services"]) > 10:
            raise invalid("Services cannot have more than 10 elements.")
        found, failures = [], []
        for reference in request["services"]:
            service = self.service_record(cluster.name, reference)
            if service is None:
                arn = self.arn(f"service/{cluster.name}/{last_part(reference)}")
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                found.append(with_tags(self._shape(service), service.request.get("tags", []), request))
        return {"services": found, "failures": failures}

    @operation("ListServices")
    def list_services(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html"""
        cluster = self.cluster(request.get("cluster"))
        mine = (one for one in self.ecs.services.values() if one.cluster == cluster.name and one.status != "INACTIVE")
        kind = request.get("launchType")
        arns = [one.arn for one in mine if kind in (None, one.request.get("launchType"))]
        return page(request, "serviceArns", arns, size=10)

    def services_steady(self, request: Request) -> bool:
        """Whether each service asked for runs what it desires in one deployment that is rolled out (or is gone)."""
        cluster = self.cluster(request.get("cluster"))
        for reference in request["services"]:
            service = self.service_record(cluster.name, reference)
            if service is None or service.status == "INACTIVE":
                continue
            running = sum(one.last_status == "RUNNING" for one in self.tasks_of(service))
            rolling = len(service.deployments) != 1 or service.primary.rollout_state == "IN_PROGRESS"
            if service.status == "DRAINING" or rolling or running != service.desired:
                return False
        return True

    def desired_count(self, cluster: str, service: str) -> int | None:
        """A service's desired count, None when it does not exist."""
        found = self.ecs.services.get(f"{cluster}/{service}")
        return found.desired if found and found.status == "ACTIVE" else None

    def running_count(self, cluster: str, service: str) -> int:
        """How many of its tasks run."""
        found = self.ecs.services.get(f"{cluster}/{service}")
        return sum(one.running for one in self.tasks_of(found)) if found else 0

    def deploying(self, cluster: str, service: str) -> bool:
        """Whether a deployment of the service is in progress."""
        found = self.ecs.services.get(f"{cluster}/{service}")
        return bool(found) and found.primary.rollout_state == "IN_PROGRESS"  # type: ignore[union-attr]

    def scale(self, cluster: str, service: str, desired: int, why: str) -> None:
        """Set the desired count from outside (Application Auto Scaling), because of `why`."""
        found = self.ecs.services[f"{cluster}/{service}"]
        desired = min(desired, MOST_TASKS)
        self.note(f"desiredCount of {service} became {desired}: {why}")
        self._set_desired(found, desired)
        self.plan(0, "schedule", cluster, service)

    def _set_desired(self, service: ServiceRecord, desired: int) -> None:
        if desired != service.desired:
            service.desired = service.primary.desired = desired
            service.desired_since.append((self.now, desired))
            del service.desired_since[:-COUNTS_KEPT]
            service.steady_said = False

    def _active(self, request: Request, member: str = "service") -> ServiceRecord:
        cluster = self.cluster(request.get("cluster"))
        service = self.service_record(cluster.name, request[member])
        if service is None:
            raise AwsError("ServiceNotFoundException", "Service not found.")
        if service.status != "ACTIVE":
            raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
        return service

    def _checked(self, request: dict[str, Any], definition: TaskDefinition) -> dict[str, Any]:
        """The request with defaults filled in. Raises as AWS refuses."""
        check_simulated(request)
        cluster = self.cluster(request.get("cluster"))
        settle(request, cluster.providers, cluster.strategy)
        self.checked_network(request, definition)
        if request.get("launchType") != "EC2":
            self.check_fargate(definition)
            request.setdefault("platformVersion", "LATEST")
        self._check_grace(request)
        rollout = request["deploymentConfiguration"] = dict(request.get("deploymentConfiguration") or {})
        rollout.setdefault("minimumHealthyPercent", 100)
        rollout.setdefault("maximumPercent", 200)
        rollout.setdefault("deploymentCircuitBreaker", {"enable": False, "rollback": False})
        if rollout["minimumHealthyPercent"] == rollout["maximumPercent"] == 100:
            raise invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments")
        request.setdefault("networkConfiguration", {"awsvpcConfiguration": {"subnets": []}})
        for balancer in request.get("loadBalancers", []):
            self._check_balancer(balancer, definition)
        return request

    @staticmethod
    def _check_grace(request: dict[str, Any]) -> None:
        if request.get("loadBalancers"):
            request.setdefault("healthCheckGracePeriodSeconds", 0)
        elif request.get("healthCheckGracePeriodSeconds"):
            raise invalid("Health check grace period is only valid for services configured to use load balancers")

    def _check_balancer(self, balancer: dict[str, Any], definition: TaskDefinition) -> None:
        balancing = self.peer(ElasticLoadBalancing)
        arn = balancer.get("targetGroupArn", "")
        group = balancing.target_group(arn)
        if group is None:
            raise invalid(
                f"Unable to assume role and validate the specified targetGroupArn. The target group {arn} does not "
                "exist: create it first (CreateTargetGroup) and pass its ARN."
            )
        if group.target_type == "instance" and definition.document["networkMode"] == "awsvpc":
            raise invalid(
                f"The provided target group {arn} has target type instance, which is incompatible with the awsvpc "
                "network mode specified in the task definition."
            )
        if not balancing.has_listener(arn):
            raise invalid(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
        self._check_container(balancer, definition)

    def _check_container(self, balancer: dict[str, Any], definition: TaskDefinition) -> None:
        name, port = balancer.get("containerName"), balancer.get("containerPort")
        container = next((one for one in definition.containers if one["name"] == name), None)
        if container is None:
            raise invalid(f"The container {name} does not exist in the task definition.")
        if port not in [one.get("containerPort") for one in container["portMappings"]]:
            raise invalid(f"The container {name} did not have a container port {port} defined.")

    def _shape(self, service: ServiceRecord) -> dict[str, Any]:
        return service_shape(service, self.tasks_of(service), self.arn(f"cluster/{service.cluster}"))


def wanted(request: dict[str, Any], otherwise: int) -> int:
    """The desired count that a request names."""
    count: int = otherwise if request.get("desiredCount") is None else request["desiredCount"]
    if count < 0:
        raise invalid("desiredCount cannot be negative.")
    if count > MOST_TASKS:
        raise invalid(f"The desiredCount {count} is above the quota of {MOST_TASKS} tasks per service.")
    return count


def check_simulated(request: dict[str, Any]) -> None:
    """Refuse, rather than pass over, what a service could do on AWS and cannot here."""
    rollout = request.get("deploymentConfiguration") or {}
    used = [name for name, unused in NOT_SIMULATED.items() if request.get(name) not in unused]
    used += (
        [f"the deployment strategy {rollout['strategy']}"] if rollout.get("strategy", "ROLLING") != "ROLLING" else []
    )
    used += ["deployment alarms"] if (rollout.get("alarms") or {}).get("enable") else []
    if used:
        raise invalid(f"Dockyard does not simulate {used[0]} of services yet: rolling deployments of replicas only.")
