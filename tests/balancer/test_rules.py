"""Listener rules decide where a real request goes: by path, host, header, method, query and address, in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from balancer.front import Front, echo, forward


def text(words: str) -> dict[str, Any]:
    """An action that answers with these words."""
    config = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": words}
    return {"Type": "fixed-response", "FixedResponseConfig": config}


def pattern(path: str) -> dict[str, Any]:
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": [path]}}


PUT = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}}
#: Each with the words it answers, in the order of priority.
RULES: list[tuple[str, list[dict[str, Any]]]] = [
    ("by path and method", [pattern("/v?/*"), PUT]),
    ("by path", [pattern("/v?/*")]),
    ("by host", [{"Field": "host-header", "HostHeaderConfig": {"Values": ["*.beta.example.com"]}}]),
    ("by header", [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Model", "Values": ["new*"]}}]),
    ("by query", [{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2"}]}}]),
    ("by address", [pattern("/mine"), {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}]),
    ("by another address", [pattern("/*"), {"Field": "source-ip", "SourceIpConfig": {"Values": ["198.51.100.0/24"]}}]),
]  # fmt: skip


@pytest.fixture(scope="module")
def listener(front: Front) -> Iterator[str]:
    arn = front.listener(text("default"))
    for priority, (words, conditions) in enumerate(RULES, start=1):
        front.elb.create_rule(ListenerArn=arn, Priority=priority, Conditions=conditions, Actions=[text(words)])
    yield arn
    for rule in front.elb.describe_rules(ListenerArn=arn)["Rules"]:
        if not rule["IsDefault"]:
            front.elb.delete_rule(RuleArn=rule["RuleArn"])


def test_the_first_rule_whose_conditions_hold_acts(front: Front, listener: str) -> None:
    assert listener
    asked = {
        "default": front.ask("/"),
        "by path and method": front.ask("/v1/x", "PUT"),
        "by path": front.ask("/v1/x", "POST", body=b"1"),
        "by header": front.ask("/", X_Model="new-1"),
        "by query": front.ask("/?a=1&V=2"),
        "by address": front.ask("/mine"),
        "by host": front.at("/_alb/web/", Host="127.0.0.1"),
    }
    told = {words: answer.body.decode() for words, answer in asked.items()}
    assert told == {**{words: words for words in asked}, "by host": "default"}  # by the door the host is its own name


def test_a_fixed_response_is_the_load_balancers(front: Front, listener: str) -> None:
    answer = front.ask("/v1/x")
    assert listener
    assert (answer.headers["server"], answer.headers["content-type"]) == ("awselb/2.0", "text/plain; charset=utf-8")


def test_a_redirect_says_where_to(front: Front) -> None:
    config = {
        "Protocol": "HTTPS",
        "Port": "443",
        "Path": "/new/#{path}",
        "Query": "#{query}&v=2",
        "StatusCode": "HTTP_302",
    }
    front.listener({"Type": "redirect", "RedirectConfig": config})
    answer = front.ask("/a%20b?x=1")
    assert answer.status == 302
    assert answer.headers["location"] == f"https://{front.name}:443/new/a%20b?x=1&v=2"
    config = {"Host": "other.example.com", "StatusCode": "HTTP_301"}
    front.listener({"Type": "redirect", "RedirectConfig": config})
    answer = front.ask("/a")
    assert (answer.status, answer.headers["location"]) == (301, "http://other.example.com:80/a")


def test_groups_get_requests_by_their_weights(front: Front) -> None:
    old, new = front.group("old", front.addresses[0]), front.group("new", front.addresses[1])
    front.listener(forward((old, 3), (new, 1)))
    for arn in (old, new):
        front.elb.describe_target_health(TargetGroupArn=arn)
    with echo("old") as one, echo("new") as other:
        front.stand(front.addresses[0], one)
        front.stand(front.addresses[1], other)
        assert Counter(front.ask().said["who"] for _ in range(12)) == {"old": 9, "new": 3}


def test_a_rule_that_is_changed_counts_at_once(front: Front) -> None:
    arn = front.listener(text("default"))
    made = front.elb.create_rule(ListenerArn=arn, Priority=100, Conditions=[pattern("/x")], Actions=[text("one")])
    assert front.ask("/x").body == b"one"
    rule = made["Rules"][0]["RuleArn"]
    front.elb.modify_rule(RuleArn=rule, Actions=[text("two")])
    assert front.ask("/x").body == b"two"
    front.elb.delete_rule(RuleArn=rule)
    assert front.ask("/x").body == b"default"
