"""What every part of CloudWatch Logs starts from: its records, how a group or stream is found, and `write`.

Knows nothing about the API's lists and pages.
"""

from __future__ import annotations

from dockyard.cloud.logs.state import LogGroup, LogsState, LogStream
from dockyard.cloud.service import Request, Service
from dockyard.errors import AwsError

DAY_MS = 86_400_000


def invalid(message: str) -> AwsError:
    """Logs' InvalidParameterException."""
    return AwsError("InvalidParameterException", message)


def missing(what: str) -> AwsError:
    """Logs' ResourceNotFoundException for a `log group` or a `log stream`."""
    return AwsError("ResourceNotFoundException", f"The specified {what} does not exist.")


class LogsRecords(Service):
    """CloudWatch Logs' records in one region."""

    name = "logs"
    prefix = "logs"
    state_type = LogsState

    @property
    def groups(self) -> dict[str, LogGroup]:
        """The log groups of this region, by name."""
        records: LogsState = self.records
        return records.groups

    @property
    def milliseconds(self) -> int:
        """Simulated milliseconds since 1970: what Logs counts in."""
        return round(self.now * 1000)

    def group_exists(self, name: str) -> bool:
        """Whether there is a log group of this name."""
        return name in self.groups

    def write(self, group: str, stream: str, message: str) -> None:
        """Write an event at this moment, as a log driver does; makes the stream. Lost when there is no such group."""
        found = self.groups.get(group)
        if found is None:
            return
        if stream not in found.streams:
            found.streams[stream] = LogStream(stream, self.milliseconds)
        found.streams[stream].add(self.milliseconds, message, self.milliseconds)

    def group(self, name: str) -> LogGroup:
        """The group of this name. Raises AwsError ResourceNotFoundException."""
        found = self.groups.get(name)
        if found is None:
            raise missing("log group")
        return found

    def group_asked(self, request: Request) -> LogGroup:
        """The group that a request names by `logGroupName` or by `logGroupIdentifier` (a name or an ARN)."""
        names = [request[key] for key in ("logGroupName", "logGroupIdentifier") if request.get(key)]
        if len(names) != 1:
            raise invalid("Exactly one of logGroupName and logGroupIdentifier must be specified.")
        return self.group(group_name(names[0]))

    def stream(self, group: LogGroup, name: str) -> LogStream:
        """The stream of this name. Raises AwsError ResourceNotFoundException."""
        found = group.streams.get(name)
        if found is None:
            raise missing("log stream")
        return found

    def visible_from(self, group: LogGroup, start: int | None) -> int | None:
        """The later of `start` and the moment before which the group's retention ended (milliseconds)."""
        if group.retention is None:
            return start
        return max(start or 0, self.milliseconds - group.retention * DAY_MS)


def group_name(reference: str) -> str:
    """The name of the group that an ARN (with or without `:*` at its end) or a name means."""
    return reference.split(":log-group:", 1)[-1].removesuffix(":*")
