"""The judgement of one question: a principal's policies, its limits and the resource's own policy together.

Knows nothing about requests, protocols or worlds. All principals here are of the resource's own account.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from dockyard.sandbox.iam.policies import Policy, decide
from dockyard.sandbox.iam.principals import Principal


@dataclass(slots=True, frozen=True)
class Question:
    """May somebody do `action` on `resource` (an ARN or `*`; None: AWS judges it, and we judge the action alone)?"""

    action: str
    resource: str | None = "*"
    context: Mapping[str, str | list[str]] = field(default_factory=dict)


def objection(
    principal: Principal, question: Question, own: Iterable[Policy] = (), *, trust: bool = False
) -> str | None:
    """Why the principal may not, as AWS's sentence ends ("" where it gives no reason); None when it may.

    `own` are the policies of the resource itself. For a role's trust policy (`trust`) silence is a refusal, whatever
    the principal's policies say.
    """  # fmt: skip
    own = tuple(own)
    denied = _denied(principal, question, own)
    if denied:
        return f"with an explicit deny in {denied}"
    if _decides(own, question, {principal.arn}):
        return None
    by_role = bool(principal.role) and _decides(own, question, {principal.role})
    if trust and not by_role and not _decides(own, question, principal.root):
        return ""
    if not by_role and not _decides(principal.policies, question):
        return f"because no identity-based policy allows the {question.action} action"
    for limit, name in ((principal.boundary, "permissions boundary"), (principal.session, "session policy")):
        if limit is not None and not _decides(limit, question):
            return f"because no {name} allows the {question.action} action"
    return None


def _denied(principal: Principal, question: Question, own: tuple[Policy, ...]) -> str:
    """The kind of policy that denies outright, "" for none."""
    kinds = (
        (principal.policies, "an identity-based policy", None),
        (own, "a resource-based policy", principal.names),
        (principal.boundary or (), "a permissions boundary", None),
        (principal.session or (), "a session policy", None),
    )
    for policies, kind, names in kinds:
        if (
            decide(policies, question.action, question.resource, question.context, names=names).effect
            == "explicit deny"
        ):
            return kind
    return ""


def _decides(policies: Iterable[Policy], question: Question, names: Collection[str] | None = None) -> bool:
    return decide(policies, question.action, question.resource, question.context, names=names).allowed
