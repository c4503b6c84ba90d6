"""Garbage at every door: each is answered with a sentence, none with a 500, and nobody writes a traceback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from host.direct import Direct, open_learner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import Running, running

from dockyard.cloud.cloud import Cloud
from dockyard.sandbox import wire
from dockyard.sandbox.http import HttpRequest
from dockyard.sandbox.strict_json import read_json
from dockyard.sandbox.wire.model import model


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("up") / "data") as up:
        yield up
        assert up.stop() == 0
        assert "Traceback" not in up.stderr


def status(sandbox: Running, request: str, *headers: str, body: bytes = b"") -> int:
    """What a request, written out by hand, is answered with."""
    lines = ["Connection: close", f"Content-Length: {len(body)}", *headers]
    if not any(line.startswith("Host:") for line in lines):
        lines.append("Host: 127.0.0.1")
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=20) as client:
        client.sendall("\r\n".join([f"{request} HTTP/1.1", *lines, "", ""]).encode("latin-1") + body)
        return int(client.makefile("rb").readline().split()[1])


SCOPE = "X-Amz-Credential=A/20260101/us-east-1/s3/aws4_request&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host"


@pytest.mark.parametrize(
    ("request_", "headers"),
    [
        ("GET http://[/", ()),
        ("GET http://[::1/x", ()),
        ("GET /_alb//x", ()),
        ("GET /%00%ff", ()),
        ("GET /v2/1/a/tags/list", ("Host: [", "Authorization: Basic eDp5")),
        (f"GET /b/k?{SCOPE}&X-Amz-Expires={'9' * 5000}&X-Amz-Signature=1", ()),
        (f"GET /b/k?{SCOPE}&X-Amz-Expires=60&NotX-Amz-Signature=1", ()),
        ("POST /", ("Authorization: AWS4-HMAC-SHA256 Credential=////,SignedHeaders=host,Signature=x",)),
        ("POST /", ("Authorization: AWS4-\xff",)),
    ],
)
def test_a_request_nobody_can_read_is_refused(sandbox: Running, request_: str, headers: tuple[str, ...]) -> None:
    assert 400 <= status(sandbox, request_, *headers) < 500


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock/advance", b"[" * 100_000),
        ("clock/advance", b'{"seconds":1' + b"0" * 400 + b"}"),
        ("clock/advance", b'{"seconds":' + b"9" * 5000 + b"}"),
        ("clock/advance", b'{"seconds":NaN}'),
        ("clock/advance", b'{"seconds":"60"}'),
        ("snapshots", b'{"name":"\\ud800"}'),
        ("snapshots", b'{"name":"' + b"n" * 300 + b'"}'),
        ("snapshots", b'{"name":["a"]}'),
        ("traffic", b'{"load_balancer":"\\ud800","requests_per_second":1,"cpu_ms":1,"seconds":1}'),
        ("traffic", b'{"load_balancer":"lb","region":[1],"requests_per_second":1,"cpu_ms":1,"seconds":1}'),
        ("traffic", b'{"load_balancer":"lb","requests_per_second":1,"cpu_ms":1,"seconds":1,"lasts":-1}'),
    ],
)
def test_the_control_api_refuses_garbage_with_a_sentence(sandbox: Running, path: str, body: bytes) -> None:
    token = f"Authorization: Bearer {sandbox.variables['DOCKYARD_TOKEN']}"
    assert status(sandbox, f"POST /_dockyard/{path}", token, body=body) == 400
    assert status(sandbox, "GET /_dockyard/snapshots", token) == 200


def test_a_page_of_nowhere_is_refused(sandbox: Running) -> None:
    token = f"Authorization: Bearer {sandbox.variables['DOCKYARD_TOKEN']}"
    assert status(sandbox, "GET /_dockyard/clock", token, "Origin: http://[") == 403


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "NaN", '{"a":-Infinity}', '"\\udc00"', '{"\\ud800":1}', "\xff", "9" * 9999]
)
def test_strict_json_refuses_what_others_choke_on(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(text.encode("latin-1"))


def test_strict_json_reads_pairs_of_surrogates() -> None:
    assert read_json(b'"\\ud83d\\ude00"') == "\U0001f600"


OPERATIONS = sorted((kind.name, name) for kind in Cloud.kinds.values() for name in kind.operations)
TARGETS = {
    "ecs": "AmazonEC2ContainerServiceV20141113", "ecr": "AmazonEC2ContainerRegistry_V20150921",
    "cloudwatch": "GraniteServiceVersion20100801", "application-autoscaling": "AnyScaleFrontendService",
    "logs": "Logs_20140328",
}  # fmt: skip
JUNK = st.sampled_from(
    [None, True, -1, 0, 1, 2**31, 2**63, 10**400, 0.5, 1e300, "", "x", "é", "\ud800", "arn:aws:ecs:a:b:c/d", "1" * 5000,
     "2026-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", [], [None], {}, {"a": {}}],
)  # fmt: skip


def garbage(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values nearly of a shape: each member, and each part of one, may be junk."""
    if depth > 3:
        return JUNK
    if shape.kind == "structure":
        members = {name: JUNK | garbage(one, depth + 1) for name, one in shape.members.items()}
        needed = {name: members[name] for name in shape.required}
        return st.fixed_dictionaries(needed, optional={name: members[name] for name in members if name not in needed})
    if shape.kind == "list":
        return st.lists(garbage(shape.element, depth + 1), max_size=2)
    if shape.enum:
        return st.sampled_from(shape.enum)
    return JUNK


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, str, Any]:
    service, operation = draw(st.sampled_from(OPERATIONS))
    shape = model(service).operation(operation).input
    return service, operation, draw(garbage(shape)) if shape else {}


def as_request(service: str, operation: str, value: Any) -> HttpRequest:
    """The call as the service's clients send it."""
    if service in TARGETS:
        headers = {"x-amz-target": f"{TARGETS[service]}.{operation}"}
        body = json.dumps(value).encode()
    else:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = f"Action={operation}&{as_form('', value)}".encode("utf-8", "replace")
    scope = f"AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    return HttpRequest("POST", "/", "", {**headers, "authorization": scope}, body)


def as_form(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return "&".join(as_form(f"{name}.{member}".lstrip("."), one) for member, one in value.items())
    if isinstance(value, list):
        return "&".join(as_form(f"{name}.member.{at}", one) for at, one in enumerate(value, 1))
    return f"{name}={value}"


def test_no_call_of_garbage_makes_a_service_stumble(tmp_path: Path) -> None:
    direct = Direct(open_learner(tmp_path))
    learner = direct.learner

    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(calls())
    def answered(call: tuple[str, str, Any]) -> None:
        http = as_request(*call)
        recognised = wire.recognise(http.method, http.path, http.query, http.headers, http.body)
        answer = learner.answer(recognised, http, "arn")
        assert answer.status < 500, answer.body

    answered()
    learner.advance(7200)
    state = learner.state_text()
    learner.close()
    again = open_learner(tmp_path)
    assert again.state_text() == state
    again.close()


def test_others_are_answered_while_a_long_time_passes(sandbox: Running) -> None:
    sandbox.client("cloudwatch").put_metric_alarm(
        AlarmName="watching", Namespace="n", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1.0, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    answers: list[int] = []
    passing = threading.Thread(
        target=lambda: answers.append(sandbox.control("POST", "clock/advance", {"seconds": 60 * 86400})[0])
    )
    began = sandbox.control("GET", "clock")[1]["now"]
    passing.start()
    seen = set()
    while passing.is_alive():
        seen.add(sandbox.control("GET", "clock")[1]["now"])
    assert answers == [200]
    assert len(seen - {began}) > 2
