"""What a role's own policies allow, read off as they were written: for a verdict that says which Resource they name.

Knows nothing about who may what in the end: a role is tried for that. Conditions and denials are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from dockyard.grading.finding import Record
from dockyard.grading.world import World

__all__ = ["covers", "resources_allowed"]


def resources_allowed(world: World, role: str, action: str) -> list[str]:
    """The Resources of the statements that allow an action, each once."""
    statements = [one for document in _documents(world, role) for one in _listed(document["Statement"])]
    allowing = [one for one in statements if one["Effect"] == "Allow" and _names(one, action)]
    return list(dict.fromkeys(resource for one in allowing for resource in _listed(one.get("Resource", []))))


def covers(resources: list[str], arn: str) -> bool:
    """Whether one of these Resources is this ARN or, by its stars, includes it."""
    return any(fnmatchcase(arn, one) for one in resources)


def _documents(world: World, role: str) -> Iterator[Record]:
    iam = world.client("iam")
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        yield iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    for one in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=one["PolicyArn"])["Policy"]["DefaultVersionId"]
        yield iam.get_policy_version(PolicyArn=one["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]


def _names(statement: Record, action: str) -> bool:
    return any(fnmatchcase(action.lower(), one.lower()) for one in _listed(statement.get("Action", [])))


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]
