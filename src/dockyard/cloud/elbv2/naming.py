"""Names and tags: what AWS takes for the name of a load balancer or target group, and tags as a table.

Knows nothing about the things that carry them.
"""

from __future__ import annotations

import re

from dockyard.cloud.elbv2.records import invalid
from dockyard.cloud.service import Request
from dockyard.errors import AwsError


def check_name(what: str, name: str) -> None:
    """Refuse a name AWS refuses: at most 32 letters, digits and hyphens, no hyphen at either end."""
    if len(name) > 32:
        raise invalid(f"{what} name '{name}' cannot be longer than '32' characters")
    if not re.fullmatch(r"[a-zA-Z0-9-]+", name):
        raise invalid(
            f"{what} name '{name}' can only contain characters that are alphanumeric characters or hyphens(-)"
        )
    if name.startswith("-") or name.endswith("-"):
        raise invalid(f"{what} name '{name}' cannot begin or end with '-'")


def tags_of(request: Request) -> dict[str, str]:
    """The tags of a request by key. Raises AwsError DuplicateTagKeys."""
    tags: dict[str, str] = {}
    for one in request.get("Tags") or []:
        if one["Key"] in tags:
            raise AwsError("DuplicateTagKeys", f"Tag key '{one['Key']}' was specified more than once")
        tags[one["Key"]] = one.get("Value", "")
    return tags
