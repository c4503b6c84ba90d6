"""Log streams: created, listed, deleted.

Knows nothing about the content of events.
"""

from __future__ import annotations

from dockyard.cloud.logs.base import LogsRecords, invalid
from dockyard.cloud.logs.state import LogGroup, LogStream
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

PAGE = 50


class Streams(LogsRecords):
    """The operations on log streams."""

    @operation("CreateLogStream")
    def create_log_stream(self, request: Request) -> Response:
        """A new, empty stream of a group."""
        group, name = self.group(request["logGroupName"]), request["logStreamName"]
        if name in group.streams:
            raise AwsError("ResourceAlreadyExistsException", "The specified log stream already exists")
        group.streams[name] = LogStream(name, self.milliseconds)
        return {}

    @operation("DeleteLogStream")
    def delete_log_stream(self, request: Request) -> Response:
        """Delete a stream with its events."""
        group = self.group(request["logGroupName"])
        del group.streams[self.stream(group, request["logStreamName"]).name]
        return {}

    @operation("DescribeLogStreams")
    def describe_log_streams(self, request: Request) -> Response:
        """The streams by name, or by their last event's time, in pages of 50 unless told."""
        group, prefix = self.group_asked(request), request.get("logStreamNamePrefix", "")
        by_time = request.get("orderBy") == "LastEventTime"
        if by_time and prefix:
            raise invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
        found = sorted(
            (one for one in group.streams.values() if one.name.startswith(prefix)),
            key=lambda one: (_last(one) if by_time else 0, one.name),
            reverse=request.get("descending", False),
        )
        token = request.get("nextToken")
        part, rest = page(found, token, request.get("limit", PAGE), invalid("The specified nextToken is invalid."))
        return with_token({"logStreams": [stream_shape(group, one) for one in part]}, "nextToken", rest)


def _last(stream: LogStream) -> int:
    return stream.timestamps[-1] if stream.timestamps else 0


def stream_shape(group: LogGroup, stream: LogStream) -> Response:
    """A stream as the API shows it; the times of events are left out while there are none."""
    shape = {
        "logStreamName": stream.name,
        "creationTime": stream.created,
        "arn": f"{group.arn}:log-stream:{stream.name}",
        "storedBytes": 0,  # AWS shows 0 for streams since 2019
    }
    if stream.timestamps:
        shape["firstEventTimestamp"] = stream.timestamps[0]
        shape["lastEventTimestamp"] = stream.timestamps[-1]
        shape["lastIngestionTime"] = max(stream.ingested)
        shape["uploadSequenceToken"] = f"{stream.written:056d}"
    return shape
