"""IAM's decision: do these policies allow this action on this resource. Deny beats allow; silence is a deny.

Knows nothing about who keeps policies or who asks.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

from dockyard.sandbox.iam.conditions import Context, filled, folded, holds, like, many

Policy = Mapping[str, Any]
Statement = Mapping[str, Any]


@dataclass(slots=True, frozen=True)
class Decision:
    """What was decided, and the Sid of the statement that decided it ("" where it has none, or nothing spoke)."""

    effect: Literal["allow", "explicit deny", "implicit deny"]
    statement: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the action may be done."""
        return self.effect == "allow"


def document(text: str | None) -> dict[str, Any]:
    """A policy's document; one that cannot be read allows nothing."""
    for written in (text or "", unquote(text or "")):
        try:
            found = json.loads(written)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else {}
    return {}


def decide(
    policies: Iterable[Policy],
    action: str,
    resource: str | None,
    context: Context | None = None,
    *,
    names: Collection[str] | None = None,
) -> Decision:
    """What the policies say of `action` (`ecr:BatchGetImage`) on `resource` (an ARN, or `*`).

    `resource` None is an action judged without its resource: any Resource fits an Allow, only `*` a Deny. With `names`
    (what a principal is called: ARNs, its account) these are policies of a resource, whose statements name principals.
    """
    known = folded(context)
    allowed: Decision | None = None
    for statement in _statements(policies):
        denies = statement.get("Effect") == "Deny"
        if names is not None and not _is_for(statement, names):
            continue
        if not _speaks_of(statement, action, resource, known, of_resource=names is not None):
            continue
        sid = str(statement.get("Sid", ""))
        if denies:
            return Decision("explicit deny", sid)
        if statement.get("Effect") == "Allow":
            allowed = allowed or Decision("allow", sid)
    return allowed or Decision("implicit deny")


def trusted_services(policy: Policy) -> frozenset[str]:
    """The service principals (`ecs-tasks.amazonaws.com`) that a trust policy lets assume its role."""
    allowed: set[str] = set()
    denied: set[str] = set()
    for statement in _statements([policy]):
        if any(like(pattern, "sts:AssumeRole", fold=True) for pattern in many(statement.get("Action"))):
            principal = statement.get("Principal", {})
            named = many(principal.get("Service")) if isinstance(principal, dict) else []
            (denied if statement.get("Effect") == "Deny" else allowed).update(named)
    return frozenset(allowed - denied)


def _statements(policies: Iterable[Policy]) -> Iterator[Statement]:
    return (one for policy in policies for one in many(policy.get("Statement")) if isinstance(one, Mapping))


def _is_for(statement: Statement, names: Collection[str]) -> bool:
    """Whether a statement of a resource's policy is about whoever has these names.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if "NotPrincipal" in statement:
        return not _named(statement["NotPrincipal"]) & set(names)
    named = _named(statement.get("Principal"))
    return bool(named & set(names)) or ("*" in named and bool(names))


def _named(principal: Any) -> set[str]:
    """The AWS principals that an element names: `"*"`, `{"AWS": ARN}`, `{"AWS": [ARN, ACCOUNT]}`."""
    return (
        set(map(str, many(principal.get("AWS")))) if isinstance(principal, Mapping) else set(map(str, many(principal)))
    )


def _speaks_of(statement: Statement, action: str, resource: str | None, context: Context, *, of_resource: bool) -> bool:
    return (
        _covers(statement, "Action", action, context, fold=True)
        and (_covers_resource(statement, resource, context) or (of_resource and _names_no_resource(statement)))
        and holds(statement.get("Condition", {}), context, unknown=statement.get("Effect") == "Deny")
    )


def _names_no_resource(statement: Statement) -> bool:
    """A resource's policy need not say which resource it is about."""
    return "Resource" not in statement and "NotResource" not in statement


def _covers_resource(statement: Statement, resource: str | None, context: Context) -> bool:
    if resource is not None:
        return _covers(statement, "Resource", resource, context)
    if statement.get("Effect") == "Deny":
        return "*" in many(statement.get("Resource"))
    return not _names_no_resource(statement)


def _covers(statement: Statement, member: str, value: str, context: Context, *, fold: bool = False) -> bool:
    """Whether Action (or Resource) of a statement covers the value, or NotAction (NotResource) leaves it in."""
    excluded = f"Not{member}" in statement
    patterns = (filled(str(one), context) for one in many(statement.get(f"Not{member}" if excluded else member)))
    return any(pattern is not None and like(pattern, value, fold=fold) for pattern in patterns) is not excluded
