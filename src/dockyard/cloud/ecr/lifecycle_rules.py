"""Lifecycle rules: which images a policy expires.

Knows nothing about when a policy is evaluated.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dockyard.cloud.clock import HOUR
from dockyard.cloud.ecr import names
from dockyard.cloud.ecr.refusals import invalid
from dockyard.cloud.ecr.state import Image, Repository
from dockyard.errors import AwsError

DAY = 24 * HOUR
_SELECTION = {"tagStatus", "tagPrefixList", "tagPatternList", "countType", "countUnit", "countNumber"}


@dataclass(slots=True, frozen=True)
class Rule:
    """One rule: images it selects expire beyond a count, or when they are older than so many days."""

    priority: int
    tag_status: str
    patterns: tuple[str, ...]
    count_type: str
    count: int

    def selects(self, tags: list[str]) -> bool:
        """Whether an image with these tags is the rule's business: every pattern of the list must mean one of them."""
        if self.tag_status == "any":
            return True
        if self.tag_status == "untagged":
            return not tags
        return bool(tags) and all(any(names.matches(one, tag) for tag in tags) for one in self.patterns)

    def expired(self, selected: list[Image], now: float) -> list[Image]:
        """Of the images selected, newest first, those beyond the limit."""
        if self.count_type == "imageCountMoreThan":
            return selected[self.count :]
        return [one for one in selected if now - one.pushed_at >= self.count * DAY]


def read_rules(text: str) -> list[Rule]:
    """The rules of a policy, by priority. Raises AwsError InvalidParameterException that says what is wrong."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong("Could not map policyString into LifecyclePolicy.") from None
    if not isinstance(content, dict) or not isinstance(content.get("rules"), list) or not content["rules"]:
        raise _wrong('object has missing required properties (["rules"])')
    rules = sorted((_read_rule(one) for one in content["rules"]), key=lambda rule: rule.priority)
    if len({rule.priority for rule in rules}) < len(rules):
        raise _wrong("rulePriority values must be unique")
    if any(rule.tag_status == "any" for rule in rules[:-1]):
        raise _wrong('a rule with tagStatus "any" must have the highest rulePriority value')
    return rules


def expiring(repository: Repository, rules: list[Rule], now: float) -> list[tuple[Image, int]]:
    """What would expire, each with its rule's priority; an image that one rule selects is no later rule's business."""
    newest = sorted(repository.images.values(), key=lambda one: (-one.pushed_at, one.digest))
    claimed: set[str] = set()
    found: list[tuple[Image, int]] = []
    for rule in rules:
        selected = [one for one in newest if one.digest not in claimed and rule.selects(repository.tags_of(one.digest))]
        claimed.update(one.digest for one in selected)
        found += [(one, rule.priority) for one in rule.expired(selected, now)]
    return found


def _wrong(what: str) -> AwsError:
    return invalid("LifecyclePolicyText", f"Lifecycle policy validation failure: {what}")


def _read_rule(given: Any) -> Rule:
    rule = _members(given, {"rulePriority", "selection", "action"}, {"description"})
    selection = _members(rule["selection"], {"tagStatus", "countType", "countNumber"}, _SELECTION)
    if _members(rule["action"], {"type"}, set())["type"] != "expire":
        raise _wrong('instance value not found in enum: action type must be "expire"')
    read = Rule(
        _whole(rule["rulePriority"], "rulePriority"),
        _one_of(selection["tagStatus"], "tagStatus", ("tagged", "untagged", "any")),
        _patterns(selection),
        _one_of(selection["countType"], "countType", ("imageCountMoreThan", "sinceImagePushed")),
        _whole(selection["countNumber"], "countNumber"),
    )
    by_age = read.count_type == "sinceImagePushed"
    if selection.get("countUnit") != ("days" if by_age else None):
        raise _wrong('countUnit must be "days" with sinceImagePushed, and absent otherwise')
    if (read.tag_status == "tagged") != bool(read.patterns):
        raise _wrong('tagStatus "tagged" needs tagPrefixList or tagPatternList, the others take none')
    return read


def _patterns(selection: dict[str, Any]) -> tuple[str, ...]:
    prefixes, patterns = selection.get("tagPrefixList", []), selection.get("tagPatternList", [])
    both = [prefixes, patterns]
    if not all(isinstance(one, list) and all(isinstance(text, str) for text in one) for one in both):
        raise _wrong("tagPrefixList and tagPatternList must be lists of strings")
    if prefixes and patterns:
        raise _wrong("tagPrefixList and tagPatternList cannot be used together")
    # a star is one in patterns only; no tag has a star, so that no tag begins with a prefix that has one
    return tuple(patterns) + tuple("" if "*" in one else f"{one}*" for one in prefixes)


def _members(given: Any, required: set[str], allowed: set[str]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _wrong("instance type does not match any allowed primitive type (allowed: object)")
    if missing := sorted(required - set(given)):
        raise _wrong(f"object has missing required properties ({json.dumps(missing)})")
    if unknown := sorted(set(given) - required - allowed):
        raise _wrong(f"object instance has properties which are not allowed by the schema: ({json.dumps(unknown)})")
    return given


def _one_of(value: Any, name: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _wrong(f"instance value ({json.dumps(value)}) not found in enum of {name} {json.dumps(allowed)}")
    return str(value)


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _wrong(f"{name} must be a whole number of at least 1")
    return value
