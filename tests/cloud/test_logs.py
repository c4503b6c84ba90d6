"""CloudWatch Logs: groups, streams, events, filters and pages."""

from __future__ import annotations

from typing import Any

import pytest
from landscape import Landscape

from dockyard.cloud.account import Account
from dockyard.cloud.logs.service import Logs
from dockyard.cloud.simulation import Simulation
from dockyard.errors import AwsError

NOW = 1_800_000_000.0


class World(Simulation):
    kinds = {"logs": Logs}


@pytest.fixture
def world() -> World:
    return World(Account.born("123456789012", "seed", NOW), Landscape())


def call(world: World, operation: str, **request: Any) -> dict[str, Any]:
    return world.call("logs", operation, "us-east-1", request)


def logs(world: World) -> Logs:
    return world.service(Logs, "us-east-1")


def refusal(world: World, operation: str, **request: Any) -> tuple[str, str]:
    with pytest.raises(AwsError) as caught:
        call(world, operation, **request)
    return caught.value.code, caught.value.message


@pytest.fixture
def group(world: World) -> str:
    call(world, "CreateLogGroup", logGroupName="/ecs/iris")
    return "/ecs/iris"


def test_a_task_writes_into_a_stream_that_appears_with_its_first_line(world: World, group: str) -> None:
    assert logs(world).group_exists(group)
    assert not logs(world).group_exists("/ecs/other")
    logs(world).write(group, "web/app/1", "listening on 8080")
    world.advance(1.5)
    logs(world).write(group, "web/app/1", "GET /predict 200")
    events = call(world, "GetLogEvents", logGroupName=group, logStreamName="web/app/1")["events"]
    assert [(one["timestamp"], one["message"]) for one in events] == [
        (1_800_000_000_000, "listening on 8080"),
        (1_800_000_001_500, "GET /predict 200"),
    ]


def test_lines_for_a_group_that_is_not_there_are_lost(world: World) -> None:
    logs(world).write("/ecs/none", "s", "nobody hears me")
    assert call(world, "DescribeLogGroups")["logGroups"] == []


def test_refusals_carry_awss_codes_and_words(world: World, group: str) -> None:
    gone = ("ResourceNotFoundException", "The specified log group does not exist.")
    assert refusal(world, "DeleteLogGroup", logGroupName="/no") == gone
    assert refusal(world, "GetLogEvents", logGroupName=group, logStreamName="s") == (
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )
    assert refusal(world, "CreateLogGroup", logGroupName=group) == (
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    )
    assert refusal(world, "PutRetentionPolicy", logGroupName=group, retentionInDays=8)[0] == "InvalidParameterException"
    call(world, "CreateLogStream", logGroupName=group, logStreamName="s")
    assert refusal(world, "CreateLogStream", logGroupName=group, logStreamName="s")[0] == (
        "ResourceAlreadyExistsException"
    )
    late_first = [{"timestamp": 2, "message": "b"}, {"timestamp": 1, "message": "a"}]
    code, message = refusal(world, "PutLogEvents", logGroupName=group, logStreamName="s", logEvents=late_first)
    assert (code, "chronological order" in message) == ("InvalidParameterException", True)


def test_events_outside_awss_window_are_reported_and_left_out(world: World, group: str) -> None:
    call(world, "CreateLogStream", logGroupName=group, logStreamName="s")
    now, hour = 1_800_000_000_000, 3_600_000
    events = [{"timestamp": now + shift * hour, "message": str(shift)} for shift in (-15 * 24, -24, 0, 3)]
    answer = call(world, "PutLogEvents", logGroupName=group, logStreamName="s", logEvents=events)
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1, "tooNewLogEventStartIndex": 3}
    kept = call(world, "GetLogEvents", logGroupName=group, logStreamName="s")["events"]
    assert [one["message"] for one in kept] == ["-24", "0"]


def test_reading_forwards_and_backwards_ends_where_the_token_stays(world: World, group: str) -> None:
    for number in range(5):
        logs(world).write(group, "s", f"line {number}")
    read: dict[str, Any] = {"logGroupName": group, "logStreamName": "s", "limit": 2}
    first = call(world, "GetLogEvents", **read, startFromHead=True)
    second = call(world, "GetLogEvents", **read, nextToken=first["nextForwardToken"])
    third = call(world, "GetLogEvents", **read, nextToken=second["nextForwardToken"])
    fourth = call(world, "GetLogEvents", **read, nextToken=third["nextForwardToken"])
    pages = [[one["message"][-1] for one in answer["events"]] for answer in (first, second, third, fourth)]
    assert pages == [["0", "1"], ["2", "3"], ["4"], []]
    assert fourth["nextForwardToken"] == third["nextForwardToken"]
    latest = call(world, "GetLogEvents", **read)
    before = call(world, "GetLogEvents", **read, nextToken=latest["nextBackwardToken"])
    assert [[one["message"][-1] for one in answer["events"]] for answer in (latest, before)] == [["3", "4"], ["1", "2"]]


def test_a_forward_token_stays_good_when_old_events_are_forgotten(world: World, group: str) -> None:
    logs(world).write(group, "s", "first")
    token = call(world, "GetLogEvents", logGroupName=group, logStreamName="s")["nextForwardToken"]
    for number in range(2000):
        logs(world).write(group, "s", str(number))
    events = call(world, "GetLogEvents", logGroupName=group, logStreamName="s", nextToken=token)["events"]
    assert [events[0]["message"], events[-1]["message"], len(events)] == ["0", "1999", 2000]
    assert len(logs(world).groups[group].streams["s"].messages) == 2000


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", ["a", "b", "c"]),
        ("ERROR", ["a", "b"]),
        ("ERROR timeout", ["b"]),
        ("?timeout ?200", ["b", "c"]),
        ('"model missing"', ["a"]),
        ('"/health"', ["c"]),
        ("ERROR -timeout", ["a"]),
        ("error", []),
    ],
)
def test_filter_patterns(world: World, group: str, pattern: str, found: list[str]) -> None:
    logs(world).write(group, "a", "ERROR model missing")
    logs(world).write(group, "b", "ERROR upstream timeout")
    logs(world).write(group, "c", "GET /health 200")
    events = call(world, "FilterLogEvents", logGroupName=group, filterPattern=pattern)["events"]
    assert [one["logStreamName"] for one in events] == found


def test_patterns_that_are_not_simulated_say_so(world: World, group: str) -> None:
    code, message = refusal(world, "FilterLogEvents", logGroupName=group, filterPattern='{ $.level = "ERROR" }')
    assert (code, "does not simulate" in message) == ("InvalidParameterException", True)
    assert refusal(world, "FilterLogEvents", logGroupName=group, filterPattern="/health")[1] == (
        "Invalid character(s) in term '/health'"
    )


def test_searching_a_window_page_by_page(world: World, group: str) -> None:
    for number in range(6):
        logs(world).write(group, f"s{number % 2}", f"line {number}")
        world.advance(1)
    search: dict[str, Any] = {
        "logGroupName": group, "startTime": 1_800_000_001_000, "endTime": 1_800_000_004_000, "limit": 3,
    }  # fmt: skip
    first = call(world, "FilterLogEvents", **search)
    second = call(world, "FilterLogEvents", **search, nextToken=first["nextToken"])
    assert [one["message"][-1] for one in first["events"] + second["events"]] == ["1", "2", "3", "4"]
    assert "nextToken" not in second


def test_streams_by_last_event_and_events_beyond_retention(world: World, group: str) -> None:
    for name in ("b", "a", "c"):
        logs(world).write(group, name, "hello")
        world.advance(60)
    listed = call(world, "DescribeLogStreams", logGroupName=group, orderBy="LastEventTime", descending=True, limit=2)
    assert [one["logStreamName"] for one in listed["logStreams"]] == ["c", "a"]
    rest = call(
        world, "DescribeLogStreams", logGroupName=group, orderBy="LastEventTime", descending=True, limit=2,
        nextToken=listed["nextToken"],
    )  # fmt: skip
    assert [one["logStreamName"] for one in rest["logStreams"]] == ["b"]
    call(world, "PutRetentionPolicy", logGroupName=group, retentionInDays=1)
    world.advance(24 * 3600 - 90)
    assert [one["logStreamName"] for one in call(world, "FilterLogEvents", logGroupName=group)["events"]] == ["c"]
