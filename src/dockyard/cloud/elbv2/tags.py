"""Tags of load balancers, target groups, listeners and rules.

Knows nothing about what they mean to anybody.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html
"""

from __future__ import annotations

from dockyard.cloud.elbv2.naming import tags_of
from dockyard.cloud.elbv2.records import BalancingRecords
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError


class Tags(BalancingRecords):
    """The operations on tags."""

    @operation("AddTags")
    def add_tags(self, request: Request) -> Response:
        """Add tags to resources, or change their values."""
        tags = tags_of(request)
        for kept in [self._tags(arn) for arn in request["ResourceArns"]]:
            kept |= tags
        return {}

    @operation("RemoveTags")
    def remove_tags(self, request: Request) -> Response:
        """Take tags away by key; a key that is not there is no error."""
        for kept in [self._tags(arn) for arn in request["ResourceArns"]]:
            for key in request["TagKeys"]:
                kept.pop(key, None)
        return {}

    @operation("DescribeTags")
    def describe_tags(self, request: Request) -> Response:
        """The tags of resources."""
        return {
            "TagDescriptions": [
                {"ResourceArn": arn, "Tags": [{"Key": key, "Value": value} for key, value in self._tags(arn).items()]}
                for arn in request["ResourceArns"]
            ]
        }

    def _tags(self, arn: str) -> dict[str, str]:
        """The tags a resource keeps, to be changed in place. Raises AwsError as the resource's own describe does."""
        kind = arn.rpartition(":")[2].partition("/")[0]
        if kind == "loadbalancer":
            return self.balancer(arn).tags
        if kind == "targetgroup":
            return self.group(arn).tags
        if kind == "listener":
            return self.listener(arn).tags
        rule = self.balancing.rules.get(arn)
        if rule is None:
            raise AwsError("RuleNotFound", "One or more rules not found")
        return rule.tags
