"""What a model asks of a request's values: required members, enums, patterns, lengths and ranges, in AWS's own words.

Knows nothing about protocols or what a value means to its service. The texts are those of AWS's server framework:
`1 validation error detected: Value null at 'cluster' failed to satisfy constraint: Member must not be null`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dockyard.sandbox.wire.model import Shape, expression

#: How much of a value a refusal repeats.
_SHOWN = 200


def violations(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Every constraint the value breaks, as a sentence each."""
    if not shape.constrained:
        return
    kind = shape.kind
    if kind == "structure":
        yield from _of_structure(shape, value, path)
    elif kind in ("list", "map"):
        yield from _of_size(shape, len(value), value, path, "length")
        if shape.element and shape.element.constrained:
            inner = enumerate(value, 1) if kind == "list" else value.items()
            for at, one in inner:
                yield from violations(shape.element, one, f"{path}.{at}.member")
    elif kind == "string":
        yield from _of_text(shape, value, path)
    elif kind != "timestamp":
        yield from _of_size(shape, len(value) if kind == "blob" else value, value, path, "value")


def _of_structure(shape: Shape, value: dict[str, Any], path: str) -> Iterator[str]:
    for name in shape.required:
        if name not in value:
            yield _sentence(None, _inside(path, name), "Member must not be null")
    for name, one in value.items():
        member = shape.members[name]
        if member.constrained:
            yield from violations(member, one, _inside(path, name))


def _of_text(shape: Shape, value: str, path: str) -> Iterator[str]:
    if shape.enum:
        if value not in shape.enum:
            yield _sentence(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
        return
    short = True
    for sentence in _of_size(shape, len(value), value, path, "length"):
        short = False
        yield sentence
    if short and shape.pattern:
        compiled = expression(shape.pattern)
        if compiled and not compiled.fullmatch(value):
            yield _sentence(value, path, f"Member must satisfy regular expression pattern: {shape.pattern}")


def _of_size(shape: Shape, size: float, value: Any, path: str, measure: str) -> Iterator[str]:
    verb = "have length" if measure == "length" else "have value"
    if shape.minimum is not None and size < shape.minimum:
        yield _sentence(value, path, f"Member must {verb} greater than or equal to {shape.minimum}")
    if shape.maximum is not None and size > shape.maximum:
        yield _sentence(value, path, f"Member must {verb} less than or equal to {shape.maximum}")


def _inside(path: str, name: str) -> str:
    """The path of a member: AWS writes members with a small first letter."""
    own = name[:1].lower() + name[1:]
    return f"{path}.{own}" if path else own


def _sentence(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{str(value)[:_SHOWN]}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
