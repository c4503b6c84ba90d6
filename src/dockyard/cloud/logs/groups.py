"""Log groups: created, listed, kept for so many days, tagged, deleted.

Knows nothing about events.
"""

from __future__ import annotations

from dockyard.cloud.logs.base import LogsRecords, group_name, invalid
from dockyard.cloud.logs.state import LogGroup
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

#: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTIONS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
PAGE = 50


class Groups(LogsRecords):
    """The operations on log groups."""

    @operation("CreateLogGroup")
    def create_log_group(self, request: Request) -> Response:
        """A new, empty group that keeps its events for ever."""
        name = request["logGroupName"]
        if name in self.groups:
            raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists")
        self.groups[name] = LogGroup(
            name,
            self.arn(f"log-group:{name}"),
            self.milliseconds,
            request.get("logGroupClass", "STANDARD"),
            tags=dict(request.get("tags", {})),
        )
        return {}

    @operation("DeleteLogGroup")
    def delete_log_group(self, request: Request) -> Response:
        """Delete the group with its streams."""
        del self.groups[self.group(request["logGroupName"]).name]
        return {}

    @operation("DescribeLogGroups")
    def describe_log_groups(self, request: Request) -> Response:
        """The groups by name, in pages of 50 unless told."""
        prefix, pattern = request.get("logGroupNamePrefix", ""), request.get("logGroupNamePattern", "")
        if prefix and pattern:
            raise invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
        wanted = {group_name(one) for one in request.get("logGroupIdentifiers", ())}
        names = sorted(
            one
            for one in self.groups
            if one.startswith(prefix) and pattern.lower() in one.lower() and (not wanted or one in wanted)
        )
        token = request.get("nextToken")
        part, rest = page(names, token, request.get("limit", PAGE), invalid("The specified nextToken is invalid."))
        return with_token({"logGroups": [group_shape(self.groups[one]) for one in part]}, "nextToken", rest)

    @operation("PutRetentionPolicy")
    def put_retention_policy(self, request: Request) -> Response:
        """Keep the group's events for so many days."""
        days = request["retentionInDays"]
        if days not in RETENTIONS:
            raise invalid(
                f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
                f"Member must satisfy enum value set: {sorted(RETENTIONS)}"
            )
        self.group(request["logGroupName"]).retention = days
        return {}

    @operation("DeleteRetentionPolicy")
    def delete_retention_policy(self, request: Request) -> Response:
        """Keep the group's events for ever."""
        self.group(request["logGroupName"]).retention = None
        return {}

    @operation("TagResource")
    def tag_resource(self, request: Request) -> Response:
        """Tag a group by its ARN."""
        self.group(group_name(request["resourceArn"])).tags.update(request["tags"])
        return {}

    @operation("UntagResource")
    def untag_resource(self, request: Request) -> Response:
        """Take tags away from a group by its ARN."""
        tags = self.group(group_name(request["resourceArn"])).tags
        for key in request["tagKeys"]:
            tags.pop(key, None)
        return {}

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, request: Request) -> Response:
        """The tags of a group by its ARN."""
        return {"tags": dict(self.group(group_name(request["resourceArn"])).tags)}


def group_shape(group: LogGroup) -> Response:
    """A group as the API shows it."""
    stored = sum(len(message) + 26 for stream in group.streams.values() for message in stream.messages)
    shape = {
        "logGroupName": group.name,
        "creationTime": group.created,
        "metricFilterCount": 0,
        "arn": f"{group.arn}:*",
        "logGroupArn": group.arn,
        "storedBytes": stored,
        "logGroupClass": group.kind,
    }
    return shape if group.retention is None else {**shape, "retentionInDays": group.retention}
