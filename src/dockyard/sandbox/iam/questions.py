"""The questions that a call puts to IAM: its own action on each resource, tags it sets, and roles it passes on.

Knows nothing about policies or who asks. Where no resource is derived (EC2, IAM, …) the action alone counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from dockyard.cloud.account import Account
from dockyard.cloud.clock import iso
from dockyard.sandbox.iam.judgement import Question
from dockyard.sandbox.iam.resources import BY_RESOURCE, Place, Request
from dockyard.sandbox.iam.tags import listed
from dockyard.sandbox.wire import Call

#: Names before a policy's actions, where they are not botocore's.
PREFIXES = {"elbv2": "elasticloadbalancing"}
#: Nobody is asked for these: whoever has valid keys may know who they are.
FREE = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_S3_ACTIONS = {
    "ListBuckets": "ListAllMyBuckets",
    "HeadBucket": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "HeadObject": "GetObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "ListParts": "ListMultipartUploadParts",
    "DeleteObjects": "DeleteObject",
}
#: Operations of ECS that a policy can keep to one cluster by `ecs:cluster`.
_IN_CLUSTER = frozenset(
    [
        "CreateService",
        "UpdateService",
        "DeleteService",
        "DescribeServices",
        "ListServices",
        "RunTask",
        "StopTask",
        "DescribeTasks",
        "ListTasks",
        "ExecuteCommand",
        "ListContainerInstances",
    ]
)
_TASKS, _ECS, _SCALING = "ecs-tasks.amazonaws.com", "ecs.amazonaws.com", "application-autoscaling.amazonaws.com"
_ROLES_OF_TASK = ("executionRoleArn", "taskRoleArn")


def questions(call: Call, request: Request, place: Place) -> Iterator[Question]:
    """What must be allowed before the call is done, in the order in which AWS asks."""
    action = action_of(call)
    if action in FREE:
        return
    context = {**everywhere(place.account, call.region), **_own_keys(call, request, place)}
    for resource in resources(call, request, place):
        yield Question(action, resource, context)
        if tagging := _tagging(call, request):
            yield Question(tagging, _tagged(call, request, place, resource), context)
    for role, service in _passed(call, request, place):
        yield Question("iam:PassRole", role, {**context, "iam:PassedToService": service})


def action_of(call: Call) -> str:
    """The action that policies name: `ecs:RunTask`, `s3:ListBucket`."""
    operation = _S3_ACTIONS.get(call.operation, call.operation) if call.service == "s3" else call.operation
    return f"{PREFIXES.get(call.service, call.service)}:{operation}"


def resources(call: Call, request: Request, place: Place) -> list[str] | list[None]:
    """The ARNs a call touches, `*`, or None where the action alone is judged."""
    if call.service in BY_RESOURCE:
        return BY_RESOURCE[call.service](call.operation, request, place)
    if call.operation == "AssumeRole":
        return [call.form.get("RoleArn", "")]
    if call.service == "secretsmanager":
        return [_secret(call, place)]
    if call.service == "s3":
        path = unquote(call.path).strip("/")
        return [f"arn:aws:s3:::{path}" if path else "*"]
    return [None]


def _secret(call: Call, place: Place) -> str:
    """The secret that a request names, `*` where it names none or cannot be read."""
    try:
        told = json.loads(call.body)
        return place.secret(str(told.get("SecretId") or told["Name"]))
    except (ValueError, LookupError, AttributeError):
        return "*"


def everywhere(account: Account, region: str) -> dict[str, str]:
    """The condition keys that every request has; time is the account's."""
    now = account.clock.now
    return {
        "aws:RequestedRegion": region,
        "aws:CurrentTime": iso(now),
        "aws:EpochTime": str(int(now)),
        "aws:SourceIp": "127.0.0.1",
        "aws:SecureTransport": "true",
    }


def _own_keys(call: Call, request: Request, place: Place) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    if call.service == "ecs" and call.operation in _IN_CLUSTER:
        found["ecs:cluster"] = place.clusters(request.get("cluster") or "")[0]
        if isinstance(definition := request.get("taskDefinition"), str):
            found["ecs:task-definition"] = place.definition(definition)
    if call.service == "sts":
        for key, member in (("sts:RoleSessionName", "RoleSessionName"), ("sts:ExternalId", "ExternalId")):
            if member in call.form:
                found[key] = call.form[member]
    if tags := _tags(request):
        found["aws:TagKeys"] = list(tags)
        found |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return found


def _tags(request: Request) -> dict[str, str]:
    """The tags a request sets, however its service writes them."""
    return listed(request.get("tags") or request.get("Tags") or {})


def _tagging(call: Call, request: Request) -> str:
    """The action that tags need when something is made with them, "" for none."""
    if call.service not in BY_RESOURCE or not _tags(request) or not call.operation.startswith(("Create", "R")):
        return ""
    return f"{PREFIXES.get(call.service, call.service)}:{'AddTags' if call.service == 'elbv2' else 'TagResource'}"


def _tagged(call: Call, request: Request, place: Place, resource: str | None) -> str | None:
    """The ARN of what is made; ECS asks about the operation with another."""
    made = {
        "CreateCluster": f"cluster/{request.get('clusterName') or 'default'}",
        "RegisterTaskDefinition": f"task-definition/{request.get('family')}:*",
        "RunTask": f"task/{place.cluster(request)}/*",
    }
    return place.arn("ecs", made[call.operation]) if call.operation in made else resource


def _passed(call: Call, request: Request, place: Place) -> Iterator[tuple[str, str]]:
    """The roles that a request hands to a service, by ARN, with the service's principal.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    named: list[tuple[Any, str]] = []
    if call.operation == "RegisterTaskDefinition":
        named = [(request.get(member), _TASKS) for member in _ROLES_OF_TASK]
    elif call.operation == "RunTask":
        given = {**_document(request, place), **request.get("overrides", {})}
        named = [(given.get(member), _TASKS) for member in _ROLES_OF_TASK]
    elif call.operation == "CreateService":
        named = [(request.get("role"), _ECS)]
    elif call.operation == "RegisterScalableTarget":
        named = [(request.get("RoleARN"), _SCALING)]
    for role, service in named:
        if role:
            yield role if role.startswith("arn:") else f"arn:aws:iam::{place.account.id}:role/{role}", service


def _document(request: Request, place: Place) -> dict[str, Any]:
    """What was registered as the task definition that RunTask names; {} where there is none."""
    state = place.account.regions.get(place.region, {}).get("ecs")
    found = state.definitions.get(place.definition(request["taskDefinition"])) if state else None
    return found.document if found else {}
