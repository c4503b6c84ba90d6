"""IAM's decisions: deny beats allow, silence is a deny; wildcards, what is not named, conditions."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockyard.sandbox.iam.conditions import like
from dockyard.sandbox.iam.policies import Decision, decide, trusted_services

REPOSITORY = "arn:aws:ecr:us-east-1:123456789012:repository/iris"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return allow(action, resource, **more) | {"Effect": "Deny"}


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (allow(), True),
        (allow("ecr:PutImage"), True),
        (allow("ECR:putimage"), True),  # actions fold case
        (allow(["s3:*", "ecr:Put*"]), True),
        (allow("ecr:PutImag?"), True),
        (allow("ecr:Get*"), False),
        (allow("ecr:PutImageTag"), False),
        (allow(resource=REPOSITORY), True),
        (allow(resource=REPOSITORY.upper()), False),  # ARNs do not
        (allow(resource="arn:aws:ecr:*:123456789012:repository/*"), True),
        (allow(resource="arn:aws:ecr:*:123456789012:repository/other*"), False),
        (allow(resource=[REPOSITORY + "s", REPOSITORY]), True),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, True),
        ({"Effect": "Allow", "NotAction": ["iam:*", "ecr:*"], "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}, True),
        ({"Effect": "Allow", "Action": "*", "NotResource": REPOSITORY}, False),
        ({"Effect": "Allow", "Action": "*"}, False),  # names no resource
        ({}, False),
        (allow("*:*Image"), True),
        (allow("e*r*P*u*t*I*"), True),
        (allow("e*Image*Put*"), False),
        (allow("ecr:*Put*Put*"), False),
        (allow(["a*" * 40 + "b"]), False),
    ],
)
def test_one_statement(statement: dict[str, Any], allowed: bool) -> None:
    assert decide([policy(statement)], "ecr:PutImage", REPOSITORY).allowed is allowed


def test_many_stars_take_no_time() -> None:
    assert not decide([policy(allow(resource="a*" * 50 + "b"))], "ecr:PutImage", "a" * 5000).allowed


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=10))
def test_patterns_mean_what_a_shells_do(pattern: str, value: str) -> None:
    assert like(pattern, value) is fnmatchcase(value, pattern)


def test_deny_beats_allow_wherever_it_stands() -> None:
    never = deny("ecr:PutImage", Sid="Never")
    for policies in ([policy(allow(), never)], [policy(never, allow())], [policy(never), policy(allow())]):
        assert decide(policies, "ecr:PutImage", REPOSITORY) == Decision("explicit deny", "Never")
        assert decide(policies, "ecr:GetImage", REPOSITORY).allowed


def test_silence_is_a_deny() -> None:
    assert decide([], "ecr:PutImage", REPOSITORY) == Decision("implicit deny")
    assert decide([{}], "ecr:PutImage", REPOSITORY) == Decision("implicit deny")
    assert decide([policy(allow("s3:*", Sid="S"))], "s3:GetObject", "*") == Decision("allow", "S")


@pytest.mark.parametrize(
    ("condition", "context", "holds"),
    [
        ({"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
         {"iam:PassedToService": "ecs-tasks.amazonaws.com"}, True),
        ({"StringEquals": {"IAM:passedtoservice": "x"}}, {"iam:PassedToService": "x"}, True),  # keys fold case
        ({"StringEquals": {"a": "X"}}, {"a": "x"}, False),
        ({"StringEquals": {"a": ["y", "x"]}}, {"a": "x"}, True),
        ({"StringEquals": {"a": "x"}}, {}, False),
        ({"StringEqualsIfExists": {"a": "x"}}, {}, True),
        ({"StringNotEquals": {"a": "x"}}, {"a": "y"}, True),
        ({"StringNotEquals": {"a": "x"}}, {"a": "x"}, False),
        ({"StringNotEquals": {"a": "x"}}, {}, True),
        ({"StringEqualsIgnoreCase": {"a": "X"}}, {"a": "x"}, True),
        ({"StringLike": {"a": "ecs*"}}, {"a": "ecs-tasks"}, True),
        ({"StringNotLike": {"a": "ecs*"}}, {"a": "ecs-tasks"}, False),
        ({"ArnLike": {"a": "arn:aws:ecs:*:*:task/*"}}, {"a": "arn:aws:ecs:us-east-1:1:task/x"}, True),
        ({"ArnNotEquals": {"a": "arn:aws:ecs:*"}}, {"a": "arn:aws:ecs:us-east-1:1:task/x"}, False),
        ({"Bool": {"aws:SecureTransport": False}}, {"aws:SecureTransport": "false"}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, {"aws:SecureTransport": "false"}, False),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"aws:SourceIp": "10.1.2.3"}, True),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"aws:SourceIp": "10.1.2.3"}, False),
        ({"Null": {"a": "true"}}, {}, True),
        ({"Null": {"a": "true"}}, {"a": "x"}, False),
        ({"ForAnyValue:StringEquals": {"a": ["x"]}}, {"a": ["y", "x"]}, True),
        ({"ForAllValues:StringEquals": {"a": ["x"]}}, {"a": ["y", "x"]}, False),
        ({"ForAllValues:StringEquals": {"a": ["x", "y"]}}, {"a": ["y", "x"]}, True),
        ({"StringEquals": {"a": "x"}, "Bool": {"b": "true"}}, {"a": "x", "b": "false"}, False),  # all must hold
        ({"NumericLessThan": {"a": "5"}}, {"a": "4"}, True),
        ({"NumericLessThan": {"a": 5}}, {"a": "5"}, False),
        ({"NumericGreaterThanEquals": {"a": "5"}}, {"a": "5"}, True),
        ({"NumericNotEquals": {"a": "5"}}, {"a": "5"}, False),
        ({"NumericLessThan": {"a": "5"}}, {"a": "four"}, False),
        ({"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}, {"aws:CurrentTime": "2026-11-24T14:00:00.000Z"},
         True),
        ({"DateGreaterThan": {"aws:CurrentTime": "2027-01-01"}}, {"aws:CurrentTime": "2026-11-24T14:00:00Z"}, False),
        ({"DateGreaterThan": {"aws:EpochTime": "1700000000"}}, {"aws:EpochTime": "1800000000"}, True),
        ({"ForAnyValue:StringEquals": {"a": "x"}}, {}, False),
        ({"ForAnyValue:StringNotEquals": {"a": "x"}}, {"a": ["x", "y"]}, True),
        ({"ForAllValues:StringEquals": {"a": "x"}}, {}, True),
        ({"StringEquals": {"a": "${aws:username}"}}, {"a": "ann", "aws:username": "ann"}, True),
        ({"StringEquals": {"a": "${aws:username}"}}, {"a": "${aws:username}"}, False),
        ({"StringEquals": {"a": "${aws:username, 'nobody'}"}}, {"a": "nobody"}, True),
        ({"BinaryEquals": {"a": "eA=="}}, {"a": "eA=="}, False),  # an operator we lack lets nothing through
        ("nonsense", {}, False),
    ],
)  # fmt: skip
def test_conditions(condition: dict[str, Any], context: dict[str, Any], holds: bool) -> None:
    statement = allow(Condition=condition)
    assert decide([policy(statement)], "iam:PassRole", "*", context).allowed is holds


def test_a_deny_with_an_operator_we_lack_still_denies() -> None:
    never = deny(Condition={"BinaryEquals": {"a": "5"}})
    assert not decide([policy(allow(), never)], "ecr:PutImage", "*", {"a": "4"}).allowed


def test_variables_in_resources() -> None:
    own = policy(allow("ecr:*", "arn:aws:ecr:*:*:repository/${aws:username}-*"))
    ann = {"aws:username": "ann"}
    assert decide([own], "ecr:PutImage", "arn:aws:ecr:us-east-1:1:repository/ann-iris", ann).allowed
    assert not decide([own], "ecr:PutImage", "arn:aws:ecr:us-east-1:1:repository/bob-iris", ann).allowed
    assert not decide([own], "ecr:PutImage", "arn:aws:ecr:us-east-1:1:repository/-iris").allowed


def test_an_action_judged_without_its_resource() -> None:
    one = "arn:aws:iam::1:role/one"
    assert decide([policy(allow("iam:GetRole", one))], "iam:GetRole", None).allowed
    assert decide([policy(allow("iam:*"), deny("iam:GetRole", one))], "iam:GetRole", None).allowed
    assert not decide([policy(allow("iam:*"), deny("iam:GetRole"))], "iam:GetRole", None).allowed


def test_whom_a_trust_policy_lets_in() -> None:
    def trust(effect: str, principal: Any, action: Any = "sts:AssumeRole") -> dict[str, Any]:
        return {"Effect": effect, "Principal": principal, "Action": action}

    tasks = {"Service": "ecs-tasks.amazonaws.com"}
    assert trusted_services(policy(trust("Allow", tasks))) == {"ecs-tasks.amazonaws.com"}
    assert trusted_services({"Statement": trust("Allow", tasks, ["sts:*"])}) == {"ecs-tasks.amazonaws.com"}
    assert trusted_services(policy(trust("Allow", {"Service": ["a", "b"]}), trust("Deny", {"Service": "b"}))) == {"a"}
    assert trusted_services(policy(trust("Allow", tasks, "sts:TagSession"))) == frozenset()
    assert trusted_services(policy(trust("Allow", {"AWS": "arn:aws:iam::1:root"}), trust("Allow", "*"))) == frozenset()
    assert trusted_services({}) == frozenset()
