"""Log events: put, read from one stream in either direction, searched over many.

Knows nothing about who writes them.
"""

from __future__ import annotations

import hashlib

from dockyard.cloud.logs.base import DAY_MS, LogsRecords, invalid
from dockyard.cloud.logs.patterns import parse
from dockyard.cloud.logs.state import Event, LogGroup, LogStream
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, operation

#: Events that a call returns at most, also unless told.
PAGE = 10_000
#: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
TOO_NEW_MS = 2 * 3_600_000
TOO_OLD_MS = 14 * DAY_MS
#: The position in a token of GetLogEvents.
TOKEN_DIGITS = 56


class Events(LogsRecords):
    """The operations on log events."""

    @operation("PutLogEvents")
    def put_log_events(self, request: Request) -> Response:
        """Write events in the order of their time; those too old, expired or too new are left out and reported."""
        group = self.group(request["logGroupName"])
        stream = self.stream(group, request["logStreamName"])
        events = request["logEvents"]
        times = [one["timestamp"] for one in events]
        if times != sorted(times):
            raise invalid("Log events in a single PutLogEvents request must be in chronological order.")
        oldest, newest = self.visible_from(group, self.milliseconds - TOO_OLD_MS) or 0, self.milliseconds + TOO_NEW_MS
        for one in events:
            if oldest <= one["timestamp"] <= newest:
                stream.add(one["timestamp"], one["message"], self.milliseconds)
        response: Response = {"nextSequenceToken": f"{stream.written:056d}"}
        rejected = self._rejected(times, oldest, newest)
        return {**response, "rejectedLogEventsInfo": rejected} if rejected else response

    def _rejected(self, times: list[int], oldest: int, newest: int) -> Response:
        old, new = sum(one < oldest for one in times), sum(one > newest for one in times)
        too_old = sum(one < self.milliseconds - TOO_OLD_MS for one in times)
        rejected = {}
        if new:
            rejected["tooNewLogEventStartIndex"] = len(times) - new
        if too_old:
            rejected["tooOldLogEventEndIndex"] = too_old
        if old > too_old:
            rejected["expiredLogEventEndIndex"] = old
        return rejected

    @operation("GetLogEvents")
    def get_log_events(self, request: Request) -> Response:
        """Events of one stream, oldest first: the latest unless `startFromHead` or a token says otherwise.

        A token is a position among all events ever written; at either end it comes back unchanged.
        """
        group = self.group_asked(request)
        stream = self.stream(group, request["logStreamName"])
        seen = stream.between(self.visible_from(group, request.get("startTime")), request.get("endTime"))
        part = _portion(seen, stream.forgotten, request)
        return {
            "events": [_shape(stream.event(one)) for one in part],
            "nextForwardToken": f"f/{part.stop + stream.forgotten:0{TOKEN_DIGITS}d}/s",
            "nextBackwardToken": f"b/{part.start + stream.forgotten:0{TOKEN_DIGITS}d}/s",
        }

    @operation("FilterLogEvents")
    def filter_log_events(self, request: Request) -> Response:
        """Events of many streams that pass the filter pattern, oldest first; `endTime` itself is included."""
        group = self.group_asked(request)
        pattern = parse(request.get("filterPattern", ""))
        start, end = self.visible_from(group, request.get("startTime")), request.get("endTime")
        found = [
            (event, stream)
            for stream in self._streams(group, request)
            for event in map(stream.event, stream.between(start, None if end is None else end + 1))
            if pattern.matches(event.message)
        ]
        found.sort(key=lambda one: (one[0].timestamp, one[1].name, one[0].number))
        token = request.get("nextToken")
        part, rest = page(found, token, request.get("limit", PAGE), invalid("The specified nextToken is invalid."))
        events = [_filtered(group, stream, event) for event, stream in part]
        return with_token({"events": events, "searchedLogStreams": []}, "nextToken", rest)

    def _streams(self, group: LogGroup, request: Request) -> list[LogStream]:
        names, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix", "")
        if names and prefix:
            raise invalid("LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters.")
        if names:
            return [self.stream(group, one) for one in dict.fromkeys(names)]
        return [one for one in group.streams.values() if one.name.startswith(prefix)]


def _portion(seen: range, forgotten: int, request: Request) -> range:
    """The positions that a GetLogEvents call returns out of those in its window."""
    limit, token = request.get("limit", PAGE), request.get("nextToken")
    if token is None:
        return seen[:limit] if request.get("startFromHead") else seen[max(0, len(seen) - limit) :]
    direction, _, digits = token.removesuffix("/s").partition("/")
    if direction not in ("f", "b") or not digits.isdecimal() or len(digits) > TOKEN_DIGITS:
        raise invalid("The specified nextToken is invalid.")
    at = min(max(int(digits) - forgotten, seen.start), seen.stop)
    return range(at, min(at + limit, seen.stop)) if direction == "f" else range(max(at - limit, seen.start), at)


def _shape(event: Event) -> Response:
    return {"timestamp": event.timestamp, "message": event.message, "ingestionTime": event.ingested}


def _filtered(group: LogGroup, stream: LogStream, event: Event) -> Response:
    name = f"{group.arn}:{stream.name}:{event.number}".encode()
    number = int(hashlib.sha256(name).hexdigest()[:44], 16)
    return {"logStreamName": stream.name, **_shape(event), "eventId": f"{number:056d}"}
