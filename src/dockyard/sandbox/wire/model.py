"""A service's model as botocore ships it (JSON), read lean: operations, shapes, errors; each operation's on first use.

Knows nothing about requests or protocols. The models of the simulated services name no member differently on the wire
and flatten no list, so neither does this (a test holds them to it).
"""

from __future__ import annotations

import functools
import gzip
import importlib.util
import json
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: How far from 0 a number of each kind may be.
LARGEST = {"integer": 2**31 - 1, "long": 2**63 - 1, "float": sys.float_info.max, "double": sys.float_info.max}


def is_moment(seconds: float) -> bool:
    """Whether so many seconds since 1970 lie in the years 1 to 9999, which are all that ISO 8601 can write."""
    return -62_135_596_800 <= seconds < 253_402_300_800


#: What the services ask for though their models do not, by shape.
NEEDED = {
    "ClusterSetting": ("name", "value"),
    "LoadBalancerAttribute": ("Key",),
    "RulePriorityPair": ("RuleArn", "Priority"),
    "SubnetMapping": ("SubnetId",),
    "TargetGroupAttribute": ("Key",),
}


@dataclass(slots=True, eq=False)
class Shape:
    """A type of a model. `kind` is botocore's word: structure, list, map, string, integer, long, double, timestamp …"""

    name: str
    kind: str
    members: dict[str, Shape]
    required: tuple[str, ...] = ()
    element: Shape | None = None
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    iso: bool = False
    constrained: bool = True


@dataclass(slots=True, frozen=True, eq=False)
class Operation:
    """An operation: what it takes and gives (None: nothing), and the element around its result in query's XML."""

    name: str
    input: Shape | None
    output: Shape | None
    wrapper: str


@dataclass(slots=True, frozen=True)
class Fault:
    """An error of the model: its shape's name, its code where query differs from that, and its HTTP status."""

    name: str
    code: str
    status: int


class Model:
    """The model of one service. Shapes are made when an operation first needs them."""

    def __init__(self, service: str, document: dict[str, Any]) -> None:
        self.service = service
        self.metadata: dict[str, Any] = document["metadata"]
        self._operations: dict[str, Any] = document["operations"]
        self._shapes: dict[str, Any] = document["shapes"]
        self._made: dict[str, Shape] = {}
        self._ready: dict[str, Operation] = {}
        self.faults = {fault.code: fault for fault in _faults(self._shapes)}

    @property
    def operations(self) -> list[str]:
        """The names of all operations."""
        return list(self._operations)

    def operation(self, name: str) -> Operation | None:
        """The operation of this name, None when the service has none."""
        if name not in self._ready and name in self._operations:
            described = self._operations[name]
            output = described.get("output", {})
            self._ready[name] = Operation(
                name, self._shape_of(described.get("input")), self._shape_of(output), output.get("resultWrapper", "")
            )
        return self._ready.get(name)

    def _shape_of(self, reference: dict[str, Any] | None) -> Shape | None:
        return self._shape(reference["shape"]) if reference else None

    def _shape(self, name: str) -> Shape:
        if name in self._made:
            return self._made[name]
        described = self._shapes[name]
        shape = self._made[name] = Shape(
            name,
            "document" if described.get("document") else described["type"],
            {},
            (*described.get("required", ()), *NEEDED.get(name, ())),
            enum=tuple(described.get("enum", ())),
            pattern=described.get("pattern", ""),
            minimum=described.get("min"),
            maximum=described.get("max"),
            iso=described.get("timestampFormat") == "iso8601",
        )
        # filled after it is known by name: a shape may hold itself
        for member, reference in described.get("members", {}).items():
            shape.members[member] = self._shape(reference["shape"])
        shape.element = self._shape_of(described.get("member") or described.get("value"))
        shape.constrained = _constrained(shape)
        return shape


def _constrained(shape: Shape) -> bool:
    """Whether anything in this shape can be refused for its value."""
    own = shape.required or shape.enum or shape.pattern or shape.minimum is not None or shape.maximum is not None
    inner = [*shape.members.values(), *([shape.element] if shape.element else [])]
    return bool(own) or any(one.constrained for one in inner)


def _faults(shapes: dict[str, Any]) -> Iterator[Fault]:
    for name, described in shapes.items():
        if described.get("exception"):
            error = described.get("error", {})
            yield Fault(name, error.get("code", name), error.get("httpStatusCode", 400))


@functools.cache
def model(service: str) -> Model:
    """The model of a service by botocore's name (`elbv2`). Raises KeyError when botocore has none."""
    found = importlib.util.find_spec("botocore")  # finds the package without importing it
    if found is None or found.origin is None:
        raise KeyError(service)
    versions = sorted((Path(found.origin).parent / "data" / service).glob("*/service-2.json*"))
    if not versions:
        raise KeyError(service)
    data = versions[-1].read_bytes()
    document = json.loads(gzip.decompress(data) if versions[-1].suffix == ".gz" else data)
    _forget_prose(document)
    return Model(service, document)


def _forget_prose(document: dict[str, Any]) -> None:
    """Drop the documentation: most of a model's memory."""
    for described in (*document["shapes"].values(), *document["operations"].values()):
        described.pop("documentation", None)
        for reference in described.get("members", {}).values():
            reference.pop("documentation", None)


@functools.cache
def expression(pattern: str) -> re.Pattern[str] | None:
    r"""A model's pattern compiled, None where it is Java's alone (`\p{L}`)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            return re.compile(pattern)
        except re.error:
            return None
