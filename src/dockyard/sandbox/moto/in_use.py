"""Security groups that somebody still uses: AWS deletes none of them, and moto would.

Knows nothing about tasks or load balancers: it is told which interfaces there are.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
"""

from __future__ import annotations

from collections.abc import Iterable

from dockyard.cloud.network import Interface
from dockyard.errors import AwsError
from dockyard.sandbox.moto.records import Networks
from dockyard.sandbox.wire import Call


def check(call: Call, networks: Networks, interfaces: Iterable[Interface]) -> None:
    """Refuse to delete a group that an interface is in, or that another group's rule names. Raises AwsError."""
    group = call.form.get("GroupId", "")
    inside = any(group in one.groups for one in interfaces)
    named = any(
        group in rule.groups
        for one in networks.groups.values()
        if one.id != group
        for rule in (*one.ingress, *one.egress)
    )
    if group in networks.groups and (inside or named):
        raise AwsError("DependencyViolation", f"resource {group} has a dependent object")
