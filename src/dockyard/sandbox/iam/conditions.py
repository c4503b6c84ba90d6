"""Conditions and variables of a policy's statements: whether a condition block holds for what is known of a request.

Knows nothing about actions, resources or who asks.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from dockyard.cloud.clock import parse_iso

#: What is known of the request: `aws:SourceIp`, `iam:PassedToService`, …; a key may hold several values.
Context = Mapping[str, str | list[str]]
#: `${aws:username}`, with a default after a comma: `${aws:username, 'nobody'}`
_VARIABLE = re.compile(r"\$\{\s*([^},\s]+)\s*(?:,\s*'([^']*)')?\s*\}")
_LITERAL = {"*": "*", "?": "?", "$": "$"}


def folded(context: Context | None) -> dict[str, str | list[str]]:
    """The context with keys in lower case: condition keys fold case."""
    return {name.lower(): value for name, value in (context or {}).items()}


def filled(text: str, context: Context) -> str | None:
    """A text with its variables filled in from a folded context; None where one has no (single) value.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if "${" not in text:
        return text
    values = [_value(found, context) for found in _VARIABLE.finditer(text)]
    if None in values:
        return None
    rest = iter(values)
    return _VARIABLE.sub(lambda _found: str(next(rest)), text)


def _value(variable: re.Match[str], context: Context) -> str | None:
    name = variable[1]
    known = _LITERAL.get(name) or context.get(name.lower(), variable[2])
    return known if isinstance(known, str) else None


def many(value: Any) -> list[Any]:
    """A policy's one-or-many as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def like(pattern: str, value: str, *, fold: bool = False) -> bool:
    """Whether a value fits a pattern with `*` and `?`; actions fold case, ARNs do not."""
    return _expression(pattern, fold).fullmatch(value) is not None


@functools.lru_cache(maxsize=1024)
def _expression(pattern: str, fold: bool) -> re.Pattern[str]:
    first, *rest = ("".join("." if one == "?" else re.escape(one) for one in part) for part in pattern.split("*"))
    # Between two stars the first place that fits will do: no way back, so many stars cost no more than one.
    text = first + "".join(f"(?>.*?{part})" for part in rest[:-1]) + "".join(f".*{part}" for part in rest[-1:])
    return re.compile(text, re.DOTALL | (re.IGNORECASE if fold else re.NOFLAG))


def holds(conditions: Any, context: Context, *, unknown: bool) -> bool:
    """Whether every condition holds (the context is folded); `unknown` is what an operator we lack says: it neither
    allows nor undoes a deny.
    """
    if not isinstance(conditions, Mapping) or not all(isinstance(keys, Mapping) for keys in conditions.values()):
        return unknown
    return all(
        _operator_holds(operator, _wanted(values, context), context.get(key.lower()), unknown)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _wanted(values: Any, context: Context) -> list[str | None]:
    return [filled(_written(one), context) for one in many(values)]


def _operator_holds(operator: str, wanted: list[str | None], given: str | list[str] | None, unknown: bool) -> bool:
    quantifier, _, name = operator.rpartition(":")
    lenient = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    if name == "Null":
        return wanted == [str(given is None).lower()]
    negated = "Not" in name
    fits = _TESTS.get(name.replace("Not", "", 1))
    if fits is None:
        return unknown
    if given is None:
        return lenient or quantifier == "ForAllValues" or (negated and quantifier == "")
    found = [any(one is not None and fits(one, value) for one in wanted) for value in many(given)]
    if quantifier == "ForAllValues":
        return all(one is not negated for one in found)
    if quantifier == "ForAnyValue":
        return any(one is not negated for one in found)
    return any(found) is not negated


def _written(value: Any) -> str:
    """A condition's value as text: JSON's true is `true`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_network(network: str, address: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False


def _moment(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 text or of the seconds themselves."""
    return float(text) if text.replace(".", "", 1).isdigit() else parse_iso(text)


def _compared(read: Callable[[str], float], holds: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    """A test that reads both sides; what cannot be read does not hold."""

    def test(wanted: str, given: str) -> bool:
        try:
            return holds(read(given), read(wanted))
        except ValueError:
            return False

    return test


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda given, wanted: given == wanted,
    "LessThan": lambda given, wanted: given < wanted,
    "LessThanEquals": lambda given, wanted: given <= wanted,
    "GreaterThan": lambda given, wanted: given > wanted,
    "GreaterThanEquals": lambda given, wanted: given >= wanted,
}
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, given: wanted == given,
    "StringEqualsIgnoreCase": lambda wanted, given: wanted.lower() == given.lower(),
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": lambda wanted, given: wanted.lower() == given.lower(),
    "IpAddress": _in_network,
    **{f"Numeric{name}": _compared(float, test) for name, test in _COMPARISONS.items()},
    **{f"Date{name}": _compared(_moment, test) for name, test in _COMPARISONS.items()},
}
