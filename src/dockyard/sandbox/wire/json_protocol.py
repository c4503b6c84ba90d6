"""AWS's JSON protocol (1.0 and 1.1): bodies to botocore-shaped values and back, by the model's shapes.

Knows nothing about HTTP or what values are allowed. Timestamps are seconds since 1970, blobs bytes, null means absent.
https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from dockyard.cloud.clock import iso, parse_iso
from dockyard.errors import AwsError
from dockyard.sandbox.strict_json import read_json
from dockyard.sandbox.wire.model import LARGEST, Shape, is_moment

_INTEGERS = frozenset({"integer", "long"})
_NUMBERS = frozenset({"double", "float"})


def parse(shape: Shape | None, body: bytes) -> dict[str, Any]:
    """The request in a body. Raises AwsError SerializationException where it is not JSON, or of another type."""
    try:
        value = read_json(body) if body.strip() else {}
    except ValueError as error:
        raise AwsError("SerializationException", f"The body of the request is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise AwsError("SerializationException", f"The body of the request is {_kind(value)}, not a JSON object.")
    return read(shape, value, "") if shape else {}


def read(shape: Shape, value: Any, path: str) -> Any:
    """A parsed JSON value as botocore shapes it. Members that the model does not know are left out, as AWS does."""
    kind = shape.kind
    if kind == "string":
        return value if isinstance(value, str) else _wrong(value, "a String", path)
    if kind == "structure":
        if not isinstance(value, dict):
            return _wrong(value, "a structure", path)
        members = shape.members
        return {
            name: read(members[name], one, f"{path}.{name}" if path else name)
            for name, one in value.items()
            if one is not None and name in members
        }
    if kind == "list" and shape.element:
        element = shape.element
        if not isinstance(value, list):
            return _wrong(value, "a List", path)
        return [read(element, one, f"{path}[{at}]") for at, one in enumerate(value) if one is not None]
    if kind == "map" and shape.element:
        element = shape.element
        if not isinstance(value, dict):
            return _wrong(value, "a Map", path)
        return {name: read(element, one, f"{path}.{name}") for name, one in value.items() if one is not None}
    return _scalar(kind, value, path)


def _scalar(kind: str, value: Any, path: str) -> Any:
    if kind == "boolean":
        return value if isinstance(value, bool) else _wrong(value, "a Boolean", path)
    if kind in _INTEGERS:
        whole = not isinstance(value, bool) and isinstance(value, int | float) and value == value // 1
        return int(value) if whole and abs(value) <= LARGEST[kind] else _wrong(value, "an Integer", path)
    if kind in _NUMBERS:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if number and abs(value) <= LARGEST[kind] else _wrong(value, "a Double", path)
    if kind == "timestamp":
        return _moment(value, path)
    if kind == "blob":
        return _bytes(value, path)
    return value  # a document: any JSON


def _moment(value: Any, path: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value if is_moment(value) else _wrong(value, "a Timestamp", path))
    try:
        moment = parse_iso(value)
    except (TypeError, ValueError):
        return float(_wrong(value, "a Timestamp", path))
    return moment if is_moment(moment) else float(_wrong(value, "a Timestamp", path))


def _bytes(value: Any, path: str) -> Any:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return _wrong(value, "a Blob", path)


def _wrong(value: Any, wanted: str, path: str) -> Any:
    raise AwsError("SerializationException", f"{_kind(value)} can not be converted to {wanted}: the member '{path}'")


def _kind(value: Any) -> str:
    """What Coral, AWS's server framework, calls a value of this type."""
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    if isinstance(value, int | float):
        return "NUMBER_VALUE"
    if isinstance(value, str):
        return "STRING_VALUE"
    if isinstance(value, list | dict):
        return "START_ARRAY" if isinstance(value, list) else "START_OBJECT"
    return "NULL_VALUE"


def compose(shape: Shape | None, result: dict[str, Any]) -> bytes:
    """The body that answers with this result."""
    return json.dumps(write(shape, result) if shape else {}, ensure_ascii=False, separators=(",", ":")).encode()


def write(shape: Shape, value: Any) -> Any:
    """A botocore-shaped value as JSON values; what is None or not in the model is left out."""
    kind = shape.kind
    if kind == "string":
        return value
    if kind == "structure":
        members = shape.members
        return {name: write(members[name], one) for name, one in value.items() if one is not None and name in members}
    if kind == "list" and shape.element:
        element = shape.element
        return list(value) if element.kind == "string" else [write(element, one) for one in value]
    if kind == "map" and shape.element:
        element = shape.element
        return {name: write(element, one) for name, one in value.items()}
    if kind in _INTEGERS:
        return int(value)
    if kind == "timestamp":
        return iso(value) if shape.iso else round(value, 3)
    return base64.b64encode(value).decode() if kind == "blob" else value
