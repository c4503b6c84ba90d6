"""The tags of a resource of a simulated service, as condition keys: `aws:ResourceTag/KEY`, `ecs:ResourceTag/KEY`.

Knows nothing about policies; it asks the service itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dockyard.errors import AwsError

#: (service, operation, region, request) → the simulated service's answer
Ask = Callable[[str, str, str, dict[str, Any]], dict[str, Any]]
#: The services that simulate tags IAM can look at, by the name in their ARNs.
_SERVICES = {"ecs": "ecs", "ecr": "ecr", "logs": "logs", "elasticloadbalancing": "elbv2"}


def resource_tags(ask: Ask, arn: str) -> dict[str, str]:
    """The condition keys of a resource's tags; none where there is no such resource, or it has none."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[2] not in _SERVICES:
        return {}
    try:
        tags = _tags(ask, _SERVICES[parts[2]], parts[3], arn)
    except AwsError:
        return {}
    return {f"{prefix}:ResourceTag/{key}": value for key, value in tags.items() for prefix in ("aws", parts[2])}


def _tags(ask: Ask, service: str, region: str, arn: str) -> dict[str, str]:
    if service == "elbv2":
        described = ask(service, "DescribeTags", region, {"ResourceArns": [arn]})["TagDescriptions"]
        return listed(described[0]["Tags"])
    named = arn.partition(":log-stream:")[0] if service == "logs" else arn
    return listed(ask(service, "ListTagsForResource", region, {"resourceArn": named})["tags"])


def listed(tags: Any) -> dict[str, str]:
    """Tags as a mapping, however their service writes them."""
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    return {str(one.get("key", one.get("Key"))): str(one.get("value", one.get("Value", ""))) for one in tags}
