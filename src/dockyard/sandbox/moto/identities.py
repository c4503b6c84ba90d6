"""Who the account's users and role sessions are, and what policies speak of them, read from moto's IAM and STS.

Knows nothing about worlds, calls or decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dockyard.sandbox.iam.policies import Policy, document
from dockyard.sandbox.iam.principals import Principal
from dockyard.sandbox.moto.records import version


def principal(iam: Any, sts: Any, account: str, arn: str) -> Principal:
    """The user or role session with this ARN; one whose user or role is gone may do nothing."""
    name = arn.split("/")[1] if ":assumed-role/" in arn else ""
    if name:
        role = next((one for one in iam.roles.values() if one.name == name), None)
        return _session(iam, sts, role, account, arn) if role else Principal(arn, account)
    user = next((one for one in iam.users.values() if one.arn == arn), None)
    return _user(iam, user, account) if user else Principal(arn, account)


def trust(iam: Any, arn: str) -> Policy | None:
    """The trust policy of the role with this ARN, None where there is no such role."""
    role = next((one for one in iam.roles.values() if one.arn == arn), None)
    return document(role.assume_role_policy_document) if role else None


def key_of(iam: Any, arn: str) -> str:
    """An active access key of the user with this ARN, "" where there is none."""
    keys = (key for user in iam.users.values() if user.arn == arn for key in user.access_keys)
    return next((str(key.access_key_id) for key in keys if key.status == "Active"), "")


def _user(iam: Any, user: Any, account: str) -> Principal:
    groups = [one for one in iam.groups.values() if user.name in {member.name for member in one.users}]
    policies = tuple(one for holder in (user, *groups) for one in _held(holder))
    tags = iam.tagger.list_tags_for_resource(user.arn)["Tags"]
    known = {"aws:username": user.name, "aws:userid": user.id, "aws:PrincipalType": "User", **_tags(tags)}
    return Principal(user.arn, account, policies, known=known)


def _session(iam: Any, sts: Any, role: Any, account: str, arn: str) -> Principal:
    """A session of a role. Of several sessions with one name the latest one's policy counts."""
    session = next((one for one in reversed(sts.assumed_roles) if one.arn == arn), None)
    limits = (document(session.policy),) if session and session.policy else None
    boundary = None
    if role.permissions_boundary_arn:
        limit = iam.managed_policies.get(role.permissions_boundary_arn)
        boundary = (version(limit),) if limit else ()
    userid = f"{role.id}:{arn.rsplit('/', 1)[-1]}"
    known = {"aws:userid": userid, "aws:PrincipalType": "AssumedRole", **_tags(role.tags)}
    return Principal(arn, account, tuple(_held(role)), boundary, limits, role.arn, known)


def _held(holder: Any) -> Iterable[Policy]:
    """The documents of the inline and attached policies of a user, a group or a role."""
    yield from (document(text) for text in holder.policies.values())
    yield from (version(one) for one in holder.managed_policies.values())


def _tags(tags: Any) -> dict[str, str]:
    listed = tags.values() if isinstance(tags, dict) else tags
    return {f"aws:PrincipalTag/{one['Key']}": one["Value"] for one in listed}
