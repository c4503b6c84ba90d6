"""Authorization: may this principal make this call in this world. The learner's own user is an administrator.

Knows nothing about signatures or journals. IAM's records are the neighbour's; a repository's policy is ECR's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dockyard.cloud.simulation import Simulation
from dockyard.sandbox.iam.judgement import Question, objection
from dockyard.sandbox.iam.own_policies import own_policies
from dockyard.sandbox.iam.policies import Policy
from dockyard.sandbox.iam.principals import Principal, administrator, as_administrator
from dockyard.sandbox.iam.questions import everywhere, questions
from dockyard.sandbox.iam.refusals import AccessDeniedError, denied, worded
from dockyard.sandbox.iam.resources import Place
from dockyard.sandbox.iam.tags import resource_tags
from dockyard.sandbox.moto import MotoWorld
from dockyard.sandbox.wire import Call


class Authorization:
    """Who may do what in one world. The object holds nothing of its own: it is made for a question."""

    def __init__(self, cloud: Simulation, moto: MotoWorld) -> None:
        self._cloud = cloud
        self._account = cloud.account
        self._moto = moto
        self._administrator = administrator(cloud.account.id)

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
        if arn == self._administrator and not own_policies(self._account, resource):
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

    def _principal(self, arn: str) -> Principal:
        if arn == self._administrator:
            return as_administrator(self._account.id)
        return self._moto.principal(arn)

    def _objection(self, principal: Principal, question: Question) -> str | None:
        trust = question.action == "sts:AssumeRole"
        own = self._trust(question.resource or "") if trust else own_policies(self._account, question.resource or "")
        known = {"aws:PrincipalArn": principal.role or principal.arn, "aws:PrincipalAccount": principal.account}
        tags = resource_tags(self._cloud.call, question.resource or "") if principal.asks_for_tags else {}
        context = {**question.context, **known, **principal.known, **tags}
        return objection(principal, replace(question, context=context), own, trust=trust)

    def _trust(self, role: str) -> list[Policy]:
        found = self._moto.trust(role)
        return [found] if found else []
