"""Who users and role sessions are and what speaks of them, as moto keeps it, built by a real client."""

from __future__ import annotations

import json

import pytest
from neighbours.clients import ACCOUNT, client, world

from dockyard.sandbox.iam.principals import Principal

IAM = f"arn:aws:iam::{ACCOUNT}"
TRUST = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]})


def allowing(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def actions(policies: tuple[object, ...] | None) -> list[str] | None:
    return policies if policies is None else [one["Statement"][0]["Action"] for one in policies]  # type: ignore[index]


def test_a_user_with_everything() -> None:
    own = world()
    iam = client(own, "iam")
    iam.create_user(UserName="ann", Path="/team/", Tags=[{"Key": "team", "Value": "iris"}])
    iam.put_user_policy(UserName="ann", PolicyName="inline", PolicyDocument=allowing("a:Inline"))
    attached = iam.create_policy(PolicyName="attached", PolicyDocument=allowing("a:Attached"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ann", PolicyArn=attached)
    for group, member in (("hers", "ann"), ("others", "learner")):
        iam.create_group(GroupName=group)
        iam.put_group_policy(GroupName=group, PolicyName="g", PolicyDocument=allowing(f"a:{group}"))
        iam.attach_group_policy(GroupName=group, PolicyArn=attached)
        iam.add_user_to_group(GroupName=group, UserName=member)
    found = own.principal(f"{IAM}:user/team/ann")
    assert actions(found.policies) == ["a:Inline", "a:Attached", "a:hers", "a:Attached"]
    assert (found.role, found.boundary, found.session) == ("", None, None)
    assert found.known["aws:username"] == "ann"
    assert found.known["aws:PrincipalTag/team"] == "iris"
    iam.create_policy_version(PolicyArn=attached, PolicyDocument=allowing("a:Newer"), SetAsDefault=True)
    assert "a:Newer" in (actions(own.principal(f"{IAM}:user/team/ann").policies) or [])


def test_a_session_of_a_role() -> None:
    own = world()
    iam, sts = client(own, "iam"), client(own, "sts")
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=allowing("a:Limit"))["Policy"]["Arn"]
    iam.create_role(
        RoleName="deployer", Path="/ci/", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=limit,
        Tags=[{"Key": "stage", "Value": "test"}],
    )  # fmt: skip
    iam.put_role_policy(RoleName="deployer", PolicyName="own", PolicyDocument=allowing("a:Role"))
    role = f"{IAM}:role/ci/deployer"
    given = sts.assume_role(RoleArn=role, RoleSessionName="monday", Policy=allowing("a:Session"))
    arn = given["AssumedRoleUser"]["Arn"]
    found = own.principal(arn)
    assert found.role == role
    assert [actions(one) for one in (found.policies, found.boundary, found.session)] == [
        ["a:Role"], ["a:Limit"], ["a:Session"],
    ]  # fmt: skip
    assert found.known["aws:PrincipalTag/stage"] == "test"
    assert found.known["aws:userid"] == given["AssumedRoleUser"]["AssumedRoleId"]
    assert own.trust(role) == json.loads(TRUST)
    assert own.trust(f"{IAM}:role/deployer") is None
    iam.delete_role_policy(RoleName="deployer", PolicyName="own")
    iam.delete_role(RoleName="deployer")
    assert own.principal(arn) == Principal(arn, ACCOUNT)


def test_who_is_not_there_may_nothing() -> None:
    own = world()
    for arn in (f"{IAM}:user/none", f"arn:aws:sts::{ACCOUNT}:assumed-role/none/s", "nonsense"):
        assert own.principal(arn) == Principal(arn, ACCOUNT)


def test_a_key_is_issued_without_asking_and_used_where_there_is_one() -> None:
    own = world()
    iam = client(own, "iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    iam.create_user(UserName="ann")
    first = own.access_key_of(f"{IAM}:user/ann", now=0.0, seed="a", wall=0.0)
    assert own.access_key_of(f"{IAM}:user/ann", now=0.0, seed="b", wall=0.0) == first
    session = own.access_key_of(f"{IAM}:role/r", now=0.0, seed="c", wall=0.0)
    secret = own.secret(session)
    assert secret is not None
    assert secret.principal_arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/r/check"
    for stranger in (f"{IAM}:user/none", f"{IAM}:role/none"):
        with pytest.raises(KeyError):
            own.access_key_of(stranger, now=0.0, seed="d", wall=0.0)
