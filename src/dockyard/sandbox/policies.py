"""IAM's decision: do these policies allow this action on this resource. Deny beats allow; silence is a deny.

Knows nothing about who keeps policies or who asks.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any, Literal

Policy = Mapping[str, Any]
#: What is known of the request: `aws:SourceIp`, `iam:PassedToService`, …; a key may hold several values.
Context = Mapping[str, str | list[str]]


@dataclass(slots=True, frozen=True)
class Decision:
    """What was decided, and the Sid of the statement that decided it ("" where it has none, or nothing spoke)."""

    effect: Literal["allow", "explicit deny", "implicit deny"]
    statement: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the action may be done."""
        return self.effect == "allow"


def decide(policies: Iterable[Policy], action: str, resource: str, context: Context | None = None) -> Decision:
    """What the policies say of `action` (`ecr:BatchGetImage`) on `resource` (an ARN, or `*`)."""
    known = {name.lower(): value for name, value in (context or {}).items()}
    allowed: Decision | None = None
    for statement in (one for policy in policies for one in _many(policy.get("Statement"))):
        if not _speaks_of(statement, action, resource, known):
            continue
        sid = str(statement.get("Sid", ""))
        if statement.get("Effect") == "Deny":
            return Decision("explicit deny", sid)
        allowed = allowed or Decision("allow", sid)
    return allowed or Decision("implicit deny")


def trusted_services(policy: Policy) -> frozenset[str]:
    """The service principals (`ecs-tasks.amazonaws.com`) that a trust policy lets assume its role."""
    allowed: set[str] = set()
    denied: set[str] = set()
    for statement in _many(policy.get("Statement")):
        if any(_like(pattern, "sts:AssumeRole", fold=True) for pattern in _many(statement.get("Action"))):
            principal = statement.get("Principal", {})
            named = _many(principal.get("Service")) if isinstance(principal, dict) else []
            (denied if statement.get("Effect") == "Deny" else allowed).update(named)
    return frozenset(allowed - denied)


def _speaks_of(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        _names(statement, "Action", action, fold=True)
        and _names(statement, "Resource", resource)
        and _holds(statement.get("Condition", {}), context, unknown=statement.get("Effect") == "Deny")
    )


def _names(statement: Mapping[str, Any], member: str, value: str, *, fold: bool = False) -> bool:
    """Whether Action (or Resource) of a statement covers the value, or NotAction (NotResource) leaves it in."""
    if f"Not{member}" in statement:
        return not any(_like(pattern, value, fold=fold) for pattern in _many(statement[f"Not{member}"]))
    return any(_like(pattern, value, fold=fold) for pattern in _many(statement.get(member)))


def _many(value: Any) -> list[Any]:
    """A policy's one-or-many as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _like(pattern: str, value: str, *, fold: bool = False) -> bool:
    """Whether a value fits a pattern with `*` and `?`; actions fold case, ARNs do not."""
    return _expression(pattern, fold).fullmatch(value) is not None


@functools.lru_cache(maxsize=1024)
def _expression(pattern: str, fold: bool) -> re.Pattern[str]:
    text = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile(text, re.DOTALL | (re.IGNORECASE if fold else re.NOFLAG))


def _holds(conditions: Mapping[str, Any], context: Context, *, unknown: bool) -> bool:
    """Whether every condition holds; `unknown` is what an operator we lack says: it neither allows nor undoes a deny.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    return all(
        _operator_holds(operator, wanted, context.get(key.lower()), unknown=unknown)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _operator_holds(operator: str, wanted: Any, given: str | list[str] | None, *, unknown: bool) -> bool:
    name = operator.removeprefix("ForAnyValue:").removeprefix("ForAllValues:")
    lenient = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    if name == "Null":
        return str(_many(wanted)[0]).lower() == str(given is None).lower()
    negated = name.removeprefix("String").removeprefix("Arn").startswith("Not") or name == "NotIpAddress"
    fits = _TESTS.get(name.replace("Not", "", 1) if negated else name)
    if fits is None:
        return unknown
    if given is None:
        return lenient or negated or operator.startswith("ForAllValues:")
    values = [str(one) for one in _many(given)]
    found = [any(fits(_written(one), value) for one in _many(wanted)) for value in values]
    if operator.startswith("ForAllValues:"):
        return all(one is not negated for one in found)
    return not any(found) if negated else any(found)


def _written(value: Any) -> str:
    """A condition's value as text: JSON's true is `true`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_network(network: str, address: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, given: wanted == given,
    "StringEqualsIgnoreCase": lambda wanted, given: wanted.lower() == given.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda wanted, given: wanted.lower() == given.lower(),
    "IpAddress": _in_network,
}
