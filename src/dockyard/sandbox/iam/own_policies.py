"""The policies that a resource of a simulated service has of its own: a repository has one, which ECR keeps.

Knows nothing about what policies say or who asks.
"""

from __future__ import annotations

from dockyard.cloud.account import Account
from dockyard.sandbox.iam.policies import Policy, document


def own_policies(account: Account, resource: str) -> list[Policy]:
    """The policies of the resource with this ARN; none where it can have none, or is not there."""
    service, _, rest = resource.removeprefix("arn:aws:").partition(":")
    if service != "ecr":
        return []
    region, name = rest.partition(":")[0], resource.partition("repository/")[2]
    state = account.regions.get(region, {}).get("ecr")
    repository = state.repositories.get(name) if state else None
    return [document(repository.policy)] if repository and repository.policy else []
