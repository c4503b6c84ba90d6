"""A check tries a role or a user in a fork: what they may do there, without touching the learner's own cloud."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from host.direct import REGION, Direct, open_learner

from dockyard.grading.world import Images, World
from dockyard.sandbox.checks import CheckWorld


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


TRUST = document({"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"})


@pytest.fixture
def direct(tmp_path: Path) -> Iterator[Direct]:
    with Direct(open_learner(tmp_path)) as opened:
        yield opened


@pytest.fixture
def own(direct: Direct) -> World:
    """The world of a learner who made a repository, a role that may only pull, and a user who may only list."""
    iam = direct.client("iam")
    direct.client("ecr").create_repository(repositoryName="iris")
    iam.create_role(RoleName="puller", AssumeRolePolicyDocument=TRUST)
    only = document({"Effect": "Allow", "Action": "ecr:BatchGetImage", "Resource": "*"})
    iam.put_role_policy(RoleName="puller", PolicyName="own", PolicyDocument=only)
    iam.create_user(UserName="lister")
    listing = document({"Effect": "Allow", "Action": "ecr:ListImages", "Resource": "*"})
    iam.put_user_policy(UserName="lister", PolicyName="own", PolicyDocument=listing)
    learner = direct.learner
    return CheckWorld(learner.world, REGION, cast(Images, None), threading.RLock(), lambda *_, **__: [], own=True)


def test_a_fork_under_a_role_and_a_user(own: World) -> None:
    before = own.state()
    fork = own.fork("who may pull")
    role, user = (f"arn:aws:iam::{own.account_id}:{who}" for who in ("role/puller", "user/lister"))
    asked = {"repositoryName": "iris", "imageIds": [{"imageTag": "1"}]}
    puller = fork.client("ecr", identity=role)
    assert puller.batch_get_image(**asked)["failures"]
    with pytest.raises(ClientError) as caught:
        puller.list_images(repositoryName="iris")
    assert caught.value.response["Error"]["Message"].startswith(
        f"User: arn:aws:sts::{own.account_id}:assumed-role/puller/check is not authorized to perform: ecr:ListImages"
    )
    lister = fork.client("ecr", identity=user)
    assert lister.list_images(repositoryName="iris")["imageIds"] == []
    with pytest.raises(ClientError):
        lister.batch_get_image(**asked)
    assert fork.client("sts", identity=user).get_caller_identity()["Arn"] == user
    assert fork.client("ecr").list_images(repositoryName="iris")["imageIds"] == []  # the learner's own user still may
    assert own.state() == before
    assert own.client("iam").list_access_keys(UserName="lister")["AccessKeyMetadata"] == []


def test_a_policy_changed_in_the_fork_counts_there(own: World) -> None:
    fork = own.fork("without rights")
    role = f"arn:aws:iam::{own.account_id}:role/puller"
    fork.client("iam").delete_role_policy(RoleName="puller", PolicyName="own")
    with pytest.raises(ClientError):
        fork.client("ecr", identity=role).batch_get_image(repositoryName="iris", imageIds=[{"imageTag": "1"}])


def test_nobody_acts_as_another_in_the_learners_own_cloud_or_as_nobody(own: World) -> None:
    with pytest.raises(PermissionError):
        own.client("ecr", identity=f"arn:aws:iam::{own.account_id}:role/puller")
    for stranger in ("role/none", "user/none"):
        with pytest.raises(KeyError):
            own.fork("strangers").client("ecr", identity=f"arn:aws:iam::{own.account_id}:{stranger}")


def test_a_repositorys_own_policy_binds_the_role_that_a_task_pulls_with(direct: Direct) -> None:
    iam, ecr = direct.client("iam"), direct.client("ecr")
    arn = ecr.create_repository(repositoryName="iris")["repository"]["repositoryArn"]
    role = iam.create_role(RoleName="puller", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]

    def objection() -> str | None:
        return direct.learner.world.cloud.neighbours.objection(role, "ecr:BatchGetImage", arn)

    assert objection() == "because no identity-based policy allows the ecr:BatchGetImage action"
    statement = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "ecr:BatchGetImage"}
    ecr.set_repository_policy(repositoryName="iris", policyText=document(statement))
    assert objection() is None
    only = document({"Effect": "Allow", "Action": "ecr:*", "Resource": "*"})
    iam.put_role_policy(RoleName="puller", PolicyName="own", PolicyDocument=only)
    never = {"Effect": "Deny", "Principal": "*", "Action": "ecr:*"}
    ecr.set_repository_policy(repositoryName="iris", policyText=document(statement, never))
    assert objection() == "with an explicit deny in a resource-based policy"
