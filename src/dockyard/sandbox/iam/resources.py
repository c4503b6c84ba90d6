"""The resources a request touches, as ARNs: what IAM is asked about, service by service, from the request alone.

Knows nothing about policies. Operations that AWS judges without a resource touch `*`; so does one not listed here.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dockyard.cloud.account import Account
from dockyard.cloud.ecs.base import last_part
from dockyard.cloud.logs.base import group_name

Request = Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class Place:
    """An account and a region, where names become ARNs."""

    account: Account
    region: str
    #: the ARNs of a region's secrets by name
    secrets: Callable[[str], Mapping[str, str]] = lambda _: {}

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource here."""
        return f"arn:aws:{service}:{self.region}:{self.account.id}:{resource}"

    def cluster(self, request: Request) -> str:
        """The name of the cluster that a request of ECS is about."""
        return last_part(request.get("cluster") or "default")

    def in_cluster(self, kind: str, request: Request, *names: str) -> list[str]:
        """Services or tasks of the request's cluster; a service knows no other cluster than the one it is asked in."""
        cluster = self.cluster(request)
        return [self.arn("ecs", f"{kind}/{cluster}/{last_part(name)}") for name in names]

    def clusters(self, *names: str) -> list[str]:
        """Clusters by name or ARN."""
        return [self.arn("ecs", f"cluster/{last_part(name or 'default')}") for name in names]

    def definition(self, reference: str) -> str:
        """A task definition; a family alone means its latest active revision."""
        name = last_part(reference)
        state = self.account.regions.get(self.region, {}).get("ecs")
        known = state.definitions.values() if state and ":" not in name else ()
        latest = max((one.revision for one in known if one.family == name and one.status == "ACTIVE"), default="*")
        return self.arn("ecs", f"task-definition/{name if ':' in name else f'{name}:{latest}'}")

    def repositories(self, *names: str) -> list[str]:
        """Repositories of ECR by name; none named means all."""
        return [self.arn("ecr", f"repository/{name}") for name in names or ("*",)]

    def secret(self, reference: str) -> str:
        """A secret by name or ARN, which may lack its last six characters; one that is not there ends in `-*`."""
        known = self.secrets(self.region)
        whole = next((arn for name, arn in known.items() if reference in (name, arn, arn[:-7])), None)
        return whole or (
            reference if reference.startswith("arn:") else self.arn("secretsmanager", f"secret:{reference}-*")
        )

    def log_group(self, request: Request, stream: str = "") -> list[str]:
        """A log group, or a stream of it, in the long form that Logs asks about: `log-group:NAME:log-stream:STREAM`."""
        name = group_name(request.get("logGroupName") or request.get("logGroupIdentifier") or "")
        return [self.arn("logs", f"log-group:{name}:log-stream:{stream}")]


Touched = Callable[[Request, Place], list[str]]


def of_cluster(request: Request, place: Place) -> list[str]:
    """The request's cluster."""
    return place.clusters(request.get("cluster") or "")


def of_service(request: Request, place: Place) -> list[str]:
    """The request's service of ECS."""
    return place.in_cluster("service", request, request.get("serviceName") or request.get("service", ""))


def of_task(request: Request, place: Place) -> list[str]:
    """The request's task."""
    return place.in_cluster("task", request, request["task"])


def named_arn(request: Request, _place: Place) -> list[str]:
    """The ARN that a request names; a log group's without the `:*` it is often written with."""
    return [request["resourceArn"].removesuffix(":*")]


_TAGS: dict[str, Touched] = dict.fromkeys(("TagResource", "UntagResource", "ListTagsForResource"), named_arn)

_ECS: dict[str, Touched] = {
    **_TAGS,
    **dict.fromkeys(("CreateService", "UpdateService", "DeleteService"), of_service),
    "DescribeServices": lambda request, place: place.in_cluster("service", request, *request["services"]),
    **dict.fromkeys(("StopTask", "ExecuteCommand"), of_task),
    "DescribeTasks": lambda request, place: place.in_cluster("task", request, *request["tasks"]),
    "ListTasks": lambda request, place: place.in_cluster("container-instance", request, "*"),
    "RunTask": lambda request, place: [place.definition(request["taskDefinition"])],
    "DeleteTaskDefinitions": lambda request, place: [place.definition(one) for one in request["taskDefinitions"]],
    "DescribeClusters": lambda request, place: place.clusters(*request.get("clusters") or ("",)),
    **dict.fromkeys(
        ("DeleteCluster", "UpdateCluster", "UpdateClusterSettings", "PutClusterCapacityProviders",
         "ListContainerInstances"), of_cluster),
}  # fmt: skip

#: What a request of Elastic Load Balancing acts on: the first of these that it names.
_BALANCING = ("LoadBalancerArn", "ListenerArn", "RuleArn", "TargetGroupArn")
_KINDS = {"network": "net", "gateway": "gwy"}


def _ecs(operation: str, request: Request, place: Place) -> list[str]:
    return _ECS[operation](request, place) if operation in _ECS else ["*"]


def _ecr(operation: str, request: Request, place: Place) -> list[str]:
    if operation == "GetAuthorizationToken":
        return ["*"]
    if operation in _TAGS:
        return [request["resourceArn"]]
    one = request.get("repositoryName")
    return place.repositories(*([one] if one else request.get("repositoryNames") or ()))


def _elbv2(operation: str, request: Request, place: Place) -> list[str]:
    if operation.startswith("Describe"):
        return ["*"]
    if operation == "CreateLoadBalancer":
        kind = _KINDS.get(request.get("Type", ""), "app")
        return [place.arn("elasticloadbalancing", f"loadbalancer/{kind}/{request['Name']}/*")]
    if operation == "CreateTargetGroup":
        return [place.arn("elasticloadbalancing", f"targetgroup/{request['Name']}/*")]
    if "RulePriorities" in request:
        return [one["RuleArn"] for one in request["RulePriorities"]]
    return request.get("ResourceArns") or [next((request[key] for key in _BALANCING if key in request), "*")]


_ON_STREAMS = ("CreateLogStream", "DeleteLogStream", "PutLogEvents", "GetLogEvents")


def _logs(operation: str, request: Request, place: Place) -> list[str]:
    if operation in _TAGS:
        return named_arn(request, place)
    stream = request.get("logStreamName", "") if operation in _ON_STREAMS else ""
    return place.log_group({} if operation == "DescribeLogGroups" else request, stream)


#: The services whose questions name resources.
BY_RESOURCE: dict[str, Callable[[str, Request, Place], list[str]]] = {
    "ecs": _ecs,
    "ecr": _ecr,
    "elbv2": _elbv2,
    "logs": _logs,
}
