"""Rules of listeners: which requests go elsewhere than the default.

Knows nothing about how a condition is tried.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.elbv2.actions import completed
from dockyard.cloud.elbv2.condition_rules import kept
from dockyard.cloud.elbv2.health import Health
from dockyard.cloud.elbv2.naming import tags_of
from dockyard.cloud.elbv2.records import invalid, paged
from dockyard.cloud.elbv2.state import Listener, ListenerRule
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
MOST_RULES = 100


class Rules(Health):
    """The operations on rules."""

    @operation("CreateRule")
    def create_rule(self, request: Request) -> Response:
        """Add a rule to a listener at a priority that is free."""
        listener = self.listener(request["ListenerArn"])
        priority = self._free_priority(listener.arn, request["Priority"])
        _refuse_transforms(request)
        conditions = kept(request["Conditions"])
        actions = completed(self, self.balancer(listener.load_balancer), request["Actions"])
        path = listener.arn.partition(":listener/")[2]
        arn = self.arn(f"listener-rule/{path}/{self.account.identifiers.hex(16)}")
        rule = ListenerRule(arn, listener.arn, priority, conditions, actions, tags_of(request))
        with self.rerouting():
            self.balancing.rules[arn] = rule
        self.reconsider()
        return {"Rules": [_described(rule)]}

    @operation("DescribeRules")
    def describe_rules(self, request: Request) -> Response:
        """The rules of a listener, the default one last, or those asked for by ARN."""
        if request.get("RuleArns"):
            found = [self._described_rule(arn) for arn in request["RuleArns"]]
        elif request.get("ListenerArn"):
            listener = self.listener(request["ListenerArn"])
            found = [*map(_described, self.rules_of(listener.arn)), _default(listener)]
        else:
            raise invalid("You must specify either listener rule ARNs or a listener ARN")
        return paged(found, request, "Rules")

    @operation("ModifyRule")
    def modify_rule(self, request: Request) -> Response:
        """Change a rule's conditions or actions."""
        rule = self._rule(request["RuleArn"])
        balancer = self.balancer(self.listener(rule.listener).load_balancer)
        _refuse_transforms(request)
        conditions = kept(request["Conditions"]) if request.get("Conditions") else rule.conditions
        actions = completed(self, balancer, request.get("Actions") or rule.actions)
        with self.rerouting():
            rule.conditions, rule.actions = conditions, actions
        self.reconsider()
        return {"Rules": [_described(rule)]}

    @operation("DeleteRule")
    def delete_rule(self, request: Request) -> Response:
        """Delete a rule, but never the default one."""
        rule = self._rule(request["RuleArn"])
        with self.rerouting():
            del self.balancing.rules[rule.arn]
        self.reconsider()
        return {}

    @operation("SetRulePriorities")
    def set_rule_priorities(self, request: Request) -> Response:
        """Give rules other priorities."""
        wanted = {one["RuleArn"]: one["Priority"] for one in request["RulePriorities"]}
        rules = [self._rule(arn) for arn in wanted]
        for rule in rules:
            others = [one for one in self.rules_of(rule.listener) if one is not rule]
            if any(wanted.get(one.arn, one.priority) == wanted[rule.arn] for one in others):
                raise _in_use(wanted[rule.arn])
        with self.rerouting():
            for rule in rules:
                rule.priority = wanted[rule.arn]
        return {"Rules": [_described(one) for one in rules]}

    def _rule(self, arn: str) -> ListenerRule:
        found = self.balancing.rules.get(arn)
        if found is not None:
            return found
        if any(one.default_rule == arn for one in self.balancing.listeners.values()):
            raise AwsError("OperationNotPermitted", f"Default rule '{arn}' cannot be modified or deleted")
        raise AwsError("RuleNotFound", "One or more rules not found")

    def _described_rule(self, arn: str) -> dict[str, Any]:
        listener = next((one for one in self.balancing.listeners.values() if one.default_rule == arn), None)
        return _default(listener) if listener else _described(self._rule(arn))

    def _free_priority(self, listener: str, priority: int) -> int:
        if priority > 50000:
            raise invalid(f"Priority '{priority}' must be in the range '1-50000' inclusive")
        rules = self.rules_of(listener)
        if any(one.priority == priority for one in rules):
            raise _in_use(priority)
        if len(rules) >= MOST_RULES:
            raise AwsError("TooManyRules", "The maximum number of rules has been reached")
        return priority


def _refuse_transforms(request: Request) -> None:
    if request.get("Transforms"):
        raise invalid("Dockyard's rules do not rewrite hosts and URLs: leave Transforms out.")


def _in_use(priority: int) -> AwsError:
    return AwsError("PriorityInUse", f"Priority '{priority}' is currently in use")


def _described(rule: ListenerRule) -> dict[str, Any]:
    return {
        "RuleArn": rule.arn,
        "Priority": str(rule.priority),
        "Conditions": rule.conditions,
        "Actions": rule.actions,
        "IsDefault": False,
    }


def _default(listener: Listener) -> dict[str, Any]:
    return {
        "RuleArn": listener.default_rule,
        "Priority": "default",
        "Conditions": [],
        "Actions": listener.actions,
        "IsDefault": True,
    }
