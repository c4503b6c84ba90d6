"""Every operation of every simulated service, in every protocol its clients speak: what a real client sends is what the
service is given, and what the service returns is what the client receives."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import xform_name
from botocore.model import Shape
from wire.answering import client

from dockyard.sandbox import wire
from dockyard.sandbox.wire import json_protocol, query_protocol
from dockyard.sandbox.wire.model import model

MOMENT = 1_800_000_000.0
#: Operations whose answers or requests are streams, which nobody offers here.
STREAMS = {"StartLiveTail", "GetLogObject"}


def sample(shape: Shape | None, depth: int = 0) -> Any:
    """A value of this shape as botocore gives it: every member once, lists of two, recursion cut."""
    if shape is None:
        return {}
    kind = shape.type_name
    if kind == "structure":
        if getattr(shape, "is_document_type", False):
            return {"any": ["JSON", 1]}
        names = list(shape.members)[: 1 if getattr(shape, "is_tagged_union", False) else 99 if depth < 9 else 0]
        return {name: sample(shape.members[name], depth + 1) for name in names}
    if kind == "list":
        return [sample(shape.member, depth + 1) for _ in range(2)] if depth < 6 else []
    if kind == "map":
        return {"one key": sample(shape.value, depth + 1)} if depth < 6 else {}
    if kind == "string":
        return shape.enum[-1] if shape.enum else "a <text> & 'ü' = +100% / [x]"
    return {
        "integer": 7,
        "long": 2**40,
        "double": 0.1,
        "float": 2.5,
        "boolean": True,
        "timestamp": datetime.fromtimestamp(MOMENT, UTC),
        "blob": b"\x00\xffbytes",
    }[kind]


def moments_as_seconds(value: Any) -> Any:
    """The same value as a service sees it."""
    if isinstance(value, dict):
        return {name: moments_as_seconds(one) for name, one in value.items()}
    if isinstance(value, list):
        return [moments_as_seconds(one) for one in value]
    return value.timestamp() if isinstance(value, datetime) else value


@pytest.mark.parametrize(
    ("service", "protocol"),
    [
        ("ecs", ""),
        ("ecr", ""),
        ("logs", ""),
        ("application-autoscaling", ""),
        ("elbv2", ""),
        ("cloudwatch", ""),
        ("cloudwatch", "query"),
    ],
)
def test_arrives_and_returns_as_it_was(service: str, protocol: str) -> None:
    seen: list[tuple[str, Any]] = []
    results: dict[str, Any] = {}

    def answers(call: wire.Call) -> dict[str, Any]:
        shape = model(call.service).operation(call.operation).input  # type: ignore[union-attr]
        parsed = (
            query_protocol.parse(shape, call.form)
            if call.protocol == "query"
            else json_protocol.parse(shape, call.body)
        )
        seen.append((call.operation, parsed))
        return moments_as_seconds(results[call.operation])

    made = client(service, answers, protocol=protocol, check=False)
    described = made.meta.service_model
    assert set(described.operation_names) == set(model(service).operations)
    for name in sorted(set(described.operation_names) - STREAMS):
        operation = described.operation_model(name)
        asked, results[name] = sample(operation.input_shape), sample(operation.output_shape)
        received = getattr(made, xform_name(name))(**asked)
        received.pop("ResponseMetadata")
        assert seen[-1] == (name, moments_as_seconds(asked))
        assert moments_as_seconds(received) == moments_as_seconds(results[name]), name


def test_the_models_need_no_more_than_is_read_of_them() -> None:
    for service in wire.SIMULATED:
        document = model(service)
        for described in document._shapes.values():
            members = [*described.get("members", {}).values(), described.get("member", {}), described.get("value", {})]
            assert not described.get("flattened"), service
            assert not any("locationName" in one or "flattened" in one for one in members if isinstance(one, dict))
