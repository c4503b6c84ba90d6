"""What a principal's policies, its limits and the resource's own policy say together, and how a refusal ends."""

from __future__ import annotations

from typing import Any

import pytest

from dockyard.sandbox.iam.judgement import Question, objection
from dockyard.sandbox.iam.principals import Principal

ACCOUNT = "123456789012"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/monday"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
PULL = Question("ecr:BatchGetImage", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/iris")
ASSUME = Question("sts:AssumeRole", ROLE)
SILENT = "because no identity-based policy allows the ecr:BatchGetImage action"


def policy(effect: str = "Allow", action: str = "*", **more: Any) -> dict[str, Any]:
    return {"Statement": {"Effect": effect, "Action": action, "Resource": "*", **more}}


def own(principal: Any, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    """A statement of a resource's own policy, which names no resource."""
    return {"Statement": [{"Effect": effect, "Principal": principal, "Action": "*", **more}]}


def ann(*policies: Any, **limits: Any) -> Principal:
    return Principal(ANN, ACCOUNT, policies, **limits)


def session(*policies: Any, **limits: Any) -> Principal:
    return Principal(SESSION, ACCOUNT, policies, role=ROLE, **limits)


READ, NOTHING = policy(action="ecr:Batch*"), policy(action="s3:*")


@pytest.mark.parametrize(
    ("principal", "resource", "said"),
    [
        (ann(READ), [], None),
        (ann(), [], SILENT),
        (ann(NOTHING), [], SILENT),
        (ann(READ, policy("Deny", "ecr:*")), [], "with an explicit deny in an identity-based policy"),
        # limits
        (ann(READ, boundary=(READ,)), [], None),
        (ann(READ, boundary=(NOTHING,)), [],
         "because no permissions boundary allows the ecr:BatchGetImage action"),
        (ann(READ, boundary=()), [], "because no permissions boundary allows the ecr:BatchGetImage action"),
        (ann(READ, boundary=(READ, policy("Deny"))), [], "with an explicit deny in a permissions boundary"),
        (ann(boundary=(READ,)), [], SILENT),  # a boundary grants nothing
        (session(READ, session=(NOTHING,)), [], "because no session policy allows the ecr:BatchGetImage action"),
        (session(READ, session=(READ,)), [], None),
        # the resource's own policy, in the same account
        (ann(), [own({"AWS": ANN})], None),
        (ann(), [own({"AWS": [ROLE, ANN]})], None),
        (ann(), [own("*")], None),
        (ann(), [own({"AWS": "*"})], None),
        (ann(), [own({"AWS": ROOT})], SILENT),  # the account as a whole: its own policies decide
        (ann(READ), [own({"AWS": ROOT})], None),
        (ann(), [own({"AWS": ANN}, Action="ecr:PutImage")], SILENT),
        (ann(), [own({"Service": "ecs-tasks.amazonaws.com"})], SILENT),
        (ann(READ), [own("*", "Deny")], "with an explicit deny in a resource-based policy"),
        (ann(READ), [own({"AWS": ROOT}, "Deny")], "with an explicit deny in a resource-based policy"),
        (ann(READ), [own({"AWS": ROLE}, "Deny")], None),
        (ann(READ), [{"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": ANN}, "Action": "*"}]}], None),
        (session(READ), [{"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": ANN}, "Action": "*"}]}],
         "with an explicit deny in a resource-based policy"),
        # who is named decides whether limits count
        (ann(boundary=(NOTHING,)), [own({"AWS": ANN})], None),
        (session(), [own({"AWS": ROLE})], None),
        (session(session=(NOTHING,)), [own({"AWS": ROLE})],
         "because no session policy allows the ecr:BatchGetImage action"),
        (session(session=(NOTHING,)), [own({"AWS": SESSION})], None),
    ],
)  # fmt: skip
def test_all_that_speaks_of_a_principal(principal: Principal, resource: list[Any], said: str | None) -> None:
    assert objection(principal, PULL, resource) == said


@pytest.mark.parametrize(
    ("policies", "trust", "said"),
    [
        (
            (policy(),),
            own({"Service": "ecs-tasks.amazonaws.com"}),
            "",
        ),  # whatever the user may
        ((policy(),), own({"AWS": ROOT}), None),
        ((policy(),), own({"AWS": ACCOUNT}), None),
        ((), own({"AWS": ROOT}), "because no identity-based policy allows the sts:AssumeRole action"),
        ((), own({"AWS": ANN}), None),
        ((policy(),), own({"AWS": "arn:aws:iam::123456789012:user/bob"}), ""),
        ((policy("Deny", "sts:*"),), own({"AWS": ANN}), "with an explicit deny in an identity-based policy"),
        ((), own({"AWS": ANN}, Condition={"StringEquals": {"sts:ExternalId": "x"}}), ""),
    ],
)
def test_assuming_a_role(policies: tuple[Any, ...], trust: Any, said: str | None) -> None:
    assert objection(ann(*policies), ASSUME, [trust], trust=True) == said


def test_a_role_that_is_not_there_trusts_nobody() -> None:
    assert objection(ann(policy()), ASSUME, [], trust=True) == ""
