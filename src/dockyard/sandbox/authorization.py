"""Authorization: may this principal make this call in this world. The learner's own user is an administrator.

Knows nothing about signatures or journals. IAM's records are the neighbour's; a repository's policy is ECR's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dockyard.cloud.account import Account
from dockyard.sandbox.iam.judgement import Question, objection
from dockyard.sandbox.iam.policies import Policy
from dockyard.sandbox.iam.principals import Principal, administrator, as_administrator
from dockyard.sandbox.iam.questions import everywhere, questions
from dockyard.sandbox.iam.refusals import AccessDeniedError, denied, worded
from dockyard.sandbox.iam.resources import Place
from dockyard.sandbox.iam.tags import Ask, resource_tags
from dockyard.sandbox.moto import MotoWorld
from dockyard.sandbox.moto.records import document
from dockyard.sandbox.wire import Call


class Authorization:
    """Who may do what in one world."""

    def __init__(self, account: Account, moto: MotoWorld, ask: Ask) -> None:
        self._account = account
        self._moto = moto
        self._ask = ask
        self._administrator = administrator(account.id)

    def check(self, call: Call, request: Mapping[str, Any], arn: str) -> None:
        """Refuse a call that `arn` may not make. Raises AccessDeniedError, in AWS's words for the call's protocol."""
        if arn == self._administrator and not self._has_own_policies(call):
            return
        principal = self._principal(arn)
        for question in questions(call, request, Place(self._account, call.region, self._moto.secrets)):
            ending = self._objection(principal, question)
            if ending is not None:
                raise denied(call, arn, question, ending)

    def check_action(self, arn: str, region: str, action: str, repository: str) -> None:
        """Refuse `arn` an action of ECR on a repository (the registry asks). Raises AccessDeniedError."""
        resource = Place(self._account, region).repositories(repository)[0]
        if arn == self._administrator and not self.policies_of(resource):
            return
        question = Question(action, resource, everywhere(self._account, region))
        ending = self._objection(self._principal(arn), question)
        if ending is not None:
            raise AccessDeniedError("AccessDeniedException", worded(arn, question, ending))

    def _has_own_policies(self, call: Call) -> bool:
        """Whether what the call touches may have a policy of its own, to which an administrator is bound too."""
        if call.service == "ecr":
            state = self._account.regions.get(call.region, {}).get("ecr")
            return state is not None and any(one.policy for one in state.repositories.values())
        return call.operation == "AssumeRole"

    def policies_of(self, resource: str) -> list[Policy]:
        """A repository's own policy, where the resource (an ARN) is one that has it."""
        service, _, rest = resource.removeprefix("arn:aws:").partition(":")
        if service != "ecr":
            return []
        region, name = rest.partition(":")[0], resource.partition("repository/")[2]
        state = self._account.regions.get(region, {}).get("ecr")
        repository = state.repositories.get(name) if state else None
        return [document(repository.policy)] if repository and repository.policy else []

    def _principal(self, arn: str) -> Principal:
        if arn == self._administrator:
            return as_administrator(self._account.id)
        return self._moto.principal(arn)

    def _objection(self, principal: Principal, question: Question) -> str | None:
        trust = question.action == "sts:AssumeRole"
        own = self._trust(question.resource or "") if trust else self.policies_of(question.resource or "")
        known = {"aws:PrincipalArn": principal.role or principal.arn, "aws:PrincipalAccount": principal.account}
        tags = resource_tags(self._ask, question.resource or "") if principal.asks_for_tags else {}
        context = {**question.context, **known, **principal.known, **tags}
        return objection(principal, replace(question, context=context), own, trust=trust)

    def _trust(self, role: str) -> list[Policy]:
        found = self._moto.trust(role)
        return [found] if found else []
