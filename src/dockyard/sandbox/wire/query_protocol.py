"""AWS's query protocol: `Name.member.1.Key=…` to botocore-shaped values, and results to XML, by the model's shapes.

Knows nothing about HTTP or what values are allowed. Timestamps are seconds since 1970, ISO 8601 on the wire.
https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dockyard.cloud.clock import iso, parse_iso
from dockyard.errors import AwsError
from dockyard.sandbox.wire.model import LARGEST, Operation, Shape, is_moment

Tree = dict[str, Any]
_NUMBER = re.compile("[0-9]{1,9}")
#: XML 1.0 has no words for these characters.
_CONTROL = {chr(code): "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}
_ESCAPES = str.maketrans(_CONTROL | {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#xD;"})


def parse(shape: Shape | None, form: Mapping[str, str]) -> dict[str, Any]:
    """The request in a form's parameters. Raises AwsError ValidationError for a value of another type."""
    if shape is None:
        return {}
    tree: Tree = {}
    for name, value in form.items():
        _plant(tree, name.split("."), value)
    found: dict[str, Any] = read(shape, tree, "")
    return found


def _plant(tree: Tree, parts: list[str], value: str) -> None:
    """Put a value at its path; where a leaf and a branch meet, the later wins."""
    for part in parts[:-1]:
        branch = tree.get(part)
        if not isinstance(branch, dict):
            branch = tree[part] = {}
        tree = branch
    tree[parts[-1]] = value


def read(shape: Shape, node: Any, path: str) -> Any:
    """A node of the parameters' tree as botocore shapes it."""
    kind = shape.kind
    if kind == "structure":
        members = shape.members
        return {
            name: read(members[name], one, f"{path}.{name}" if path else name)
            for name, one in _branches(node, path).items()
            if name in members
        }
    if kind == "list" and shape.element:
        element = shape.element
        return [read(element, one, f"{path}.member.{at}") for at, one in _numbered(node, "member", path)]
    if kind == "map" and shape.element:
        element = shape.element
        entries = [_branches(one, path) for _, one in _numbered(node, "entry", path)]
        return {one.get("key", ""): read(element, one.get("value", ""), path) for one in entries}
    return _scalar(kind, node, path)


def _branches(node: Any, path: str) -> Tree:
    if not isinstance(node, dict):
        if node == "":
            return {}
        raise _wrong(node, "a structure", path)
    return node


def _numbered(node: Any, word: str, path: str) -> list[tuple[int, Any]]:
    """The entries of `member.1`, `member.2`, … in order; none for an empty list, which is sent as `Name=`."""
    found = _branches(_branches(node, path).get(word, ""), path)
    for number in found:
        if not _NUMBER.fullmatch(number):
            raise _wrong(number, "a List", path)
    return [(int(number), found[number]) for number in sorted(found, key=int)]


def _scalar(kind: str, node: Any, path: str) -> Any:
    if isinstance(node, dict):
        raise _wrong("a structure", kind, path)
    if kind == "string":
        return node
    if kind == "boolean":
        if node.lower() not in ("true", "false"):
            raise _wrong(node, kind, path)
        return node.lower() == "true"
    try:
        if kind in ("integer", "long"):
            return _within(LARGEST[kind], int(node))
        if kind in ("double", "float"):
            return _within(LARGEST[kind], float(node))
        if kind == "timestamp":
            moment = parse_iso(node)
            return moment if is_moment(moment) else _within(0, moment)
        return base64.b64decode(node, validate=True)
    except ValueError:
        raise _wrong(node, kind, path) from None


def _within(largest: float, number: float) -> float:
    """The number, which may be so far from 0. Raises ValueError, also for what is none (NaN)."""
    if not abs(number) <= largest:
        raise ValueError(number)
    return number


def _wrong(value: str, wanted: str, path: str) -> AwsError:
    return AwsError("ValidationError", f"Value '{value}' at '{path}' can not be converted to {wanted}.")


def compose(operation: Operation, namespace: str, result: dict[str, Any], request_id: str) -> bytes:
    """The XML document that answers with this result."""
    inner = "".join(write(operation.output, result)) if operation.output else ""
    if operation.wrapper:
        inner = f"<{operation.wrapper}>{inner}</{operation.wrapper}>"
    name = f"{operation.name}Response"
    identity = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f'<{name} xmlns="{namespace}">{inner}{identity}</{name}>'.encode()


def write(shape: Shape, value: Any) -> Iterator[str]:
    """The XML inside the element of a value; what is None or not in the model is left out."""
    kind = shape.kind
    if kind == "structure":
        for name, one in value.items():
            if one is not None and name in shape.members:
                yield from _element(name, shape.members[name], one)
    elif kind == "list" and shape.element:
        for one in value:
            yield from _element("member", shape.element, one)
    elif kind == "map" and shape.element:
        for name, one in value.items():
            yield f"<entry><key>{escaped(str(name))}</key>"
            yield from _element("value", shape.element, one)
            yield "</entry>"
    else:
        yield _text(kind, value)


def _element(name: str, shape: Shape, value: Any) -> Iterator[str]:
    yield f"<{name}>"
    yield from write(shape, value)
    yield f"</{name}>"


def _text(kind: str, value: Any) -> str:
    if kind == "string":
        return escaped(value)
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "timestamp":
        return iso(value)
    if kind == "blob":
        return base64.b64encode(value).decode()
    return str(int(value)) if kind in ("integer", "long") else repr(float(value))


def escaped(text: str) -> str:
    """A text as it stands inside an XML element."""
    return text.translate(_ESCAPES)
