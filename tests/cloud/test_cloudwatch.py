"""CloudWatch: statistics, alarms by M of N, missing data, history and actions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from landscape import Landscape

from dockyard.cloud.account import Account
from dockyard.cloud.cloudwatch.judgement import judge
from dockyard.cloud.cloudwatch.service import CloudWatch
from dockyard.cloud.cloudwatch.state import Rule
from dockyard.cloud.service import Service, effect
from dockyard.cloud.simulation import Simulation
from dockyard.errors import AwsError

NOW = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC
ECS = {"ClusterName": "lab", "ServiceName": "web"}
POLICY = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:id:resource/ecs/service/lab/web:policyName/out"
TOPIC = "arn:aws:sns:us-east-1:123456789012:pager"


class Scaler(Service):
    """Stands for Application Auto Scaling: counts how often which policy is called."""

    name = "application-autoscaling"
    prefix = "autoscaling"
    state_type = list

    @effect
    def alarm_acts(self, policy_arn: str, alarm_name: str) -> None:
        self.records.append((self.now, policy_arn, alarm_name))


class World(Simulation):
    kinds = {"cloudwatch": CloudWatch, "application-autoscaling": Scaler}


@pytest.fixture
def world() -> World:
    return World(Account.born("123456789012", "seed", NOW), Landscape())


def call(world: World, operation: str, **request: Any) -> dict[str, Any]:
    return world.call("cloudwatch", operation, "us-east-1", request)


def refusal(world: World, operation: str, **request: Any) -> tuple[str, str]:
    with pytest.raises(AwsError) as caught:
        call(world, operation, **request)
    return caught.value.code, caught.value.message


def minutes(world: World, *values: float | None) -> None:
    """Let minutes pass in each of which the service's CPU was measured so (None: not at all)."""
    for value in values:
        if value is not None:
            # measured for this minute, visible at its end: before the alarms judge
            world.service(CloudWatch, "us-east-1").put("AWS/ECS", "CPUUtilization", ECS, value, unit="Percent")
        world.advance(60)


def watch(world: World, **more: Any) -> None:
    """An alarm above 70 % in three of three minutes unless told."""
    request = {
        "AlarmName": "hot", "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "Average",
        "Dimensions": [{"Name": name, "Value": value} for name, value in ECS.items()],
        "Period": 60, "EvaluationPeriods": 3, "Threshold": 70, "ComparisonOperator": "GreaterThanThreshold", **more,
    }  # fmt: skip
    call(world, "PutMetricAlarm", **request)


def alarm(world: World) -> dict[str, Any]:
    found: dict[str, Any] = call(world, "DescribeAlarms")["MetricAlarms"][0]
    return found


def statistics(world: World, start: float, end: float, period: int = 60, **more: Any) -> list[dict[str, Any]]:
    request = {
        "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "StartTime": start, "EndTime": end, "Period": period,
        "Dimensions": [{"Name": name, "Value": value} for name, value in ECS.items()],
        "Statistics": ["Average", "Sum", "Minimum", "Maximum", "SampleCount"], **more,
    }  # fmt: skip
    found: list[dict[str, Any]] = call(world, "GetMetricStatistics", **request)["Datapoints"]
    return found


def test_statistics_are_taken_over_all_samples_of_a_period(world: World) -> None:
    service = world.service(CloudWatch, "us-east-1")
    service.put("AWS/ECS", "CPUUtilization", ECS, 90, 3, 10, 50, "Percent", NOW)
    service.put("AWS/ECS", "CPUUtilization", dict(reversed(ECS.items())), 70, 1, at=NOW + 60, unit="Percent")
    service.put("AWS/ECS", "CPUUtilization", ECS, 5, 1, at=NOW + 300, unit="Percent")
    assert statistics(world, NOW, NOW + 600, 300) == [
        {
            "Timestamp": NOW, "Unit": "Percent",
            "Average": 40.0, "Sum": 160.0, "Minimum": 10.0, "Maximum": 70.0, "SampleCount": 4.0,
        },
        {
            "Timestamp": NOW + 300, "Unit": "Percent",
            "Average": 5.0, "Sum": 5.0, "Minimum": 5.0, "Maximum": 5.0, "SampleCount": 1.0,
        },
    ]  # fmt: skip
    assert [one["Average"] for one in statistics(world, NOW + 30, NOW + 300)] == [30.0, 70.0]  # the end is exclusive
    assert statistics(world, NOW, NOW + 600, Unit="Seconds") == []


def test_late_samples_find_their_minute_and_old_minutes_are_forgotten(world: World) -> None:
    service = world.service(CloudWatch, "us-east-1")
    for age in (0, 120, 60, 120):
        service.put("AWS/ECS", "CPUUtilization", ECS, 10, at=NOW - age)
    assert [one["Sum"] for one in statistics(world, NOW - 120, NOW + 60)] == [20.0, 10.0, 10.0]
    for minute in range(4 * 1440):
        service.put("AWS/ECS", "CPUUtilization", ECS, 1, at=NOW + 60 * minute)
    kept = service.kept.series["AWS/ECS", "CPUUtilization", tuple(ECS.items())]
    assert 4320 <= len(kept.minutes) <= 4320 + 240
    assert len(kept.totals) == len(kept.minutes)


def test_more_points_than_aws_gives_are_refused_in_its_words(world: World) -> None:
    with pytest.raises(AwsError) as caught:
        statistics(world, NOW - 4 * 86400, NOW)
    assert (caught.value.code, caught.value.message) == (
        "InvalidParameterCombination",
        "You have requested up to 5760 datapoints, which exceeds the limit of 1440. "
        "You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
    )
    with pytest.raises(AwsError, match="multiple of 60"):
        statistics(world, NOW - 600, NOW, 90)
    with pytest.raises(AwsError, match="does not simulate percentiles"):
        statistics(world, NOW - 600, NOW, ExtendedStatistics=["p99"])


def test_a_client_measures_with_values_counts_and_statistic_sets(world: World) -> None:
    data = [
        {"MetricName": "Latency", "Value": 4.0, "Unit": "Seconds"},
        {"MetricName": "Latency", "Values": [1.0, 3.0], "Counts": [2.0, 1.0], "Unit": "Seconds"},
        {
            "MetricName": "Latency", "Unit": "Seconds",
            "StatisticValues": {"SampleCount": 4.0, "Sum": 8.0, "Minimum": 0.5, "Maximum": 5.0},
        },
    ]  # fmt: skip
    call(world, "PutMetricData", Namespace="Lab", MetricData=data)
    [point] = statistics(world, NOW, NOW + 60, Namespace="Lab", MetricName="Latency", Dimensions=[])
    assert [point[name] for name in ("Sum", "SampleCount", "Minimum", "Maximum")] == [17.0, 8.0, 0.5, 5.0]
    assert refusal(world, "PutMetricData", Namespace="AWS/ECS", MetricData=data)[0] == "InvalidParameterValue"
    both = [{"MetricName": "x", "Value": 1.0, "Values": [1.0]}]
    assert refusal(world, "PutMetricData", Namespace="Lab", MetricData=both)[0] == "InvalidParameterCombination"
    old = [{"MetricName": "x", "Value": 1.0, "Timestamp": NOW - 15 * 86400}]
    assert refusal(world, "PutMetricData", Namespace="Lab", MetricData=old)[0] == "InvalidParameterValue"


def test_metrics_are_listed_by_some_of_their_dimensions(world: World) -> None:
    service = world.service(CloudWatch, "us-east-1")
    service.put("AWS/ECS", "CPUUtilization", ECS, 1)
    service.put("AWS/ECS", "CPUUtilization", {**ECS, "ServiceName": "other"}, 1)
    service.put("Lab", "CPUUtilization", {}, 1)
    wanted = [{"Name": "ClusterName"}, {"Name": "ServiceName", "Value": "web"}]
    assert call(world, "ListMetrics", Namespace="AWS/ECS", Dimensions=wanted)["Metrics"] == [
        {
            "Namespace": "AWS/ECS",
            "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "ClusterName", "Value": "lab"}, {"Name": "ServiceName", "Value": "web"}],
        }
    ]
    assert len(call(world, "ListMetrics")["Metrics"]) == 3


def test_metric_data_comes_newest_first_on_aligned_periods(world: World) -> None:
    minutes(world, 10, 20, None, 40)
    stat = {"Metric": {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Dimensions": [
        {"Name": name, "Value": value} for name, value in ECS.items()
    ]}, "Period": 120, "Stat": "Maximum"}  # fmt: skip
    query = {"MetricDataQueries": [{"Id": "m1", "MetricStat": stat}], "StartTime": NOW + 60, "EndTime": NOW + 240}
    [result] = call(world, "GetMetricData", **query)["MetricDataResults"]
    assert (result["Timestamps"], result["Values"]) == ([NOW + 120, NOW], [40.0, 20.0])
    [result] = call(world, "GetMetricData", **query, ScanBy="TimestampAscending")["MetricDataResults"]
    assert result["Values"] == [20.0, 40.0]
    maths = [{"Id": "m1", "Expression": "SUM(METRICS())"}]
    assert "metric math" in refusal(world, "GetMetricData", **{**query, "MetricDataQueries": maths})[1]


def test_three_hot_minutes_raise_the_alarm_and_say_so_as_aws_does(world: World) -> None:
    watch(world)
    assert (alarm(world)["StateValue"], alarm(world)["StateReason"]) == (
        "INSUFFICIENT_DATA",
        "Unchecked: Initial alarm creation",
    )
    minutes(world, 50.0, 50.0, 85.2, 90.5)
    assert alarm(world)["StateValue"] == "OK"
    minutes(world, 71.0)
    shown = alarm(world)
    assert (shown["StateValue"], shown["StateUpdatedTimestamp"]) == ("ALARM", NOW + 300)
    assert shown["StateReason"] == (
        "Threshold Crossed: 3 out of the last 3 datapoints [71.0 (15/01/27 08:04:00), 90.5 (15/01/27 08:03:00), "
        "85.2 (15/01/27 08:02:00)] were greater than the threshold (70.0) "
        "(minimum 3 datapoints for OK -> ALARM transition)."
    )
    data = json.loads(shown["StateReasonData"])
    assert data["recentDatapoints"] == [85.2, 90.5, 71.0]
    assert (data["startDate"], data["queryDate"]) == ("2027-01-15T08:02:00.000+0000", "2027-01-15T08:05:00.000+0000")
    minutes(world, 70.0)  # the threshold itself is not greater than the threshold
    assert alarm(world)["StateReason"] == (
        "Threshold Crossed: 1 out of the last 3 datapoints [70.0 (15/01/27 08:05:00)] was not greater than "
        "the threshold (70.0) (minimum 1 datapoint for ALARM -> OK transition)."
    )


def test_two_of_three_are_enough_when_the_alarm_says_so(world: World) -> None:
    watch(world, DatapointsToAlarm=2)
    minutes(world, 90, 10, 90)
    assert alarm(world)["StateValue"] == "ALARM"
    minutes(world, 10)
    assert alarm(world)["StateValue"] == "OK"


@pytest.mark.parametrize("last", [3, 2])
@pytest.mark.parametrize("missing", ["missing", "ignore", "breaching", "notBreaching"])
def test_missing_data_as_in_awss_tables(missing: str, last: int) -> None:
    """The two tables of alarms-and-missing-data.html: 3 of 3 and 2 of 3, five datapoints in the evaluation range."""
    tables = {
        3: {
            "0-X-X": ("OK", "OK", "OK", "OK"),
            "0----": ("OK", "OK", "OK", "OK"),
            "-----": ("INSUFFICIENT_DATA", None, "ALARM", "OK"),
            "0XX-X": ("ALARM", "ALARM", "ALARM", "ALARM"),
            "--X--": ("ALARM", None, "ALARM", "OK"),
            "---X-": (None, None, "ALARM", "OK"),
            "----X": (None, None, "ALARM", "OK"),
        },
        2: {
            "0-X-X": ("ALARM", "ALARM", "ALARM", "ALARM"),
            "00X0X": ("ALARM", "ALARM", "ALARM", "ALARM"),
            "0-X--": ("OK", "OK", "ALARM", "OK"),
            "----0": ("OK", "OK", "ALARM", "OK"),
            "---X-": ("ALARM", None, "ALARM", "OK"),
        },
    }
    column = ("missing", "ignore", "breaching", "notBreaching").index(missing)
    rule = Rule(("Lab", "m", ()), "Average", 60, 3, last, 70.0, "GreaterThanThreshold", missing)
    values: dict[str, float | None] = {"0": 10.0, "X": 90.0, "-": None}
    judged = {text: judge(rule, [values[one] for one in text], NOW) for text in tables[last]}
    states = {text: None if one is None else one.state for text, one in judged.items()}
    assert states == {text: row[column] for text, row in tables[last].items()}


def test_silence_is_insufficient_data_only_when_the_whole_range_is_silent(world: World) -> None:
    watch(world)
    minutes(world, 10, 10, 10, None, None, None, None)
    assert alarm(world)["StateValue"] == "OK"
    minutes(world, None)
    assert (alarm(world)["StateValue"], alarm(world)["StateReason"]) == (
        "INSUFFICIENT_DATA",
        "Insufficient Data: 3 datapoints were unknown.",
    )


def test_silence_that_counts_as_breaching_says_so(world: World) -> None:
    watch(world, TreatMissingData="breaching")
    world.advance(60)
    assert alarm(world)["StateReason"] == (
        "Threshold Crossed: no datapoints were received for 3 periods "
        "and 3 missing datapoints were treated as [Breaching]."
    )


def test_an_alarm_looks_at_its_own_statistic_of_all_samples(world: World) -> None:
    watch(world, EvaluationPeriods=1)
    watch(world, AlarmName="peak", EvaluationPeriods=1, Statistic="Maximum")
    world.service(CloudWatch, "us-east-1").put("AWS/ECS", "CPUUtilization", ECS, 120, 3, 20, 80)
    world.advance(60)
    states = {one["AlarmName"]: one["StateValue"] for one in call(world, "DescribeAlarms")["MetricAlarms"]}
    assert states == {"hot": "OK", "peak": "ALARM"}


def test_a_misspelt_dimension_never_has_data(world: World) -> None:
    watch(world, Dimensions=[{"Name": "ServiceName", "Value": "web"}])
    minutes(world, *[95] * 10)
    assert alarm(world)["StateValue"] == "INSUFFICIENT_DATA"


def test_longer_periods_slide_with_every_minute(world: World) -> None:
    watch(world, Period=300, EvaluationPeriods=1)
    minutes(world, 0, 0, 0, 0, 0)
    assert alarm(world)["StateValue"] == "OK"
    minutes(world, 100, 100, 100)
    assert alarm(world)["StateValue"] == "OK"  # 60 % over five minutes
    minutes(world, 100)
    assert alarm(world)["StateValue"] == "ALARM"  # 80 %


def test_a_scaling_policy_is_called_at_once_and_every_minute_while_it_lasts(world: World) -> None:
    watch(world, AlarmActions=[POLICY, TOPIC], OKActions=[TOPIC])
    minutes(world, 10, 90, 90, 90, 90, 90, 10, 10)
    called = world.service(Scaler, "us-east-1").records
    assert called == [(NOW + 60 * minute, POLICY, "hot") for minute in (4, 5, 6)]
    items = call(world, "DescribeAlarmHistory", AlarmName="hot")["AlarmHistoryItems"]
    assert [(one["HistoryItemType"], one["HistorySummary"]) for one in items] == [
        ("Action", f"Successfully executed action {TOPIC}"),
        ("StateUpdate", "Alarm updated from ALARM to OK"),
        ("Action", f"Successfully executed action {TOPIC}"),
        ("Action", f"Successfully executed action {POLICY}"),
        ("StateUpdate", "Alarm updated from OK to ALARM"),
        ("Action", f"Successfully executed action {TOPIC}"),
        ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to OK"),
        ("ConfigurationUpdate", 'Alarm "hot" created'),
    ]
    data = json.loads(items[4]["HistoryData"])
    assert (data["oldState"]["stateValue"], data["newState"]["stateValue"]) == ("OK", "ALARM")
    assert data["newState"]["stateReasonData"]["recentDatapoints"] == [90.0, 90.0, 90.0]


def test_an_alarm_whose_actions_are_disabled_changes_silently(world: World) -> None:
    watch(world, AlarmActions=[POLICY])
    call(world, "DisableAlarmActions", AlarmNames=["hot"])
    minutes(world, 90, 90, 90, 90)
    assert alarm(world)["StateValue"] == "ALARM"
    assert world.service(Scaler, "us-east-1").records == []
    call(world, "EnableAlarmActions", AlarmNames=["hot"])
    minutes(world, 90)
    assert len(world.service(Scaler, "us-east-1").records) == 1


def test_a_state_set_by_hand_acts_and_lasts_until_the_next_minute(world: World) -> None:
    watch(world, AlarmActions=[POLICY])
    minutes(world, 10)
    call(world, "SetAlarmState", AlarmName="hot", StateValue="ALARM", StateReason="a rehearsal")
    assert alarm(world)["StateReason"] == "a rehearsal"
    minutes(world, 10)
    assert alarm(world)["StateValue"] == "OK"
    assert len(world.service(Scaler, "us-east-1").records) == 1
    unknown = refusal(world, "SetAlarmState", AlarmName="cold", StateValue="OK", StateReason="")
    assert unknown[0] == "ResourceNotFound"


def test_why_an_alarm_went_off_leads_back_to_what_was_measured_and_why(world: World) -> None:
    watch(world, AlarmActions=[POLICY])
    causes = world.account.causes
    for _ in range(3):
        causes.current = causes.note(world.account.clock.now, "60 requests a second are offered to lab", 0)
        minutes(world, 90)
    called = [number for number, one in causes.kept.items() if one.what.startswith("alarm hot")]
    assert [one.what.split(":")[0] for one in causes.chain(called[-1])] == [
        "alarm hot went from INSUFFICIENT_DATA to ALARM",
        "Average of CPUUtilization (ClusterName=lab, ServiceName=web) was 90.0, 90.0, 90.0",
        "60 requests a second are offered to lab",
    ]


def test_what_aws_refuses_of_an_alarm(world: World) -> None:
    def refused(**more: Any) -> str:
        with pytest.raises(AwsError) as caught:
            watch(world, **more)
        assert caught.value.code == "ValidationError"
        return caught.value.message

    assert refused(Period=45) == "Period must be 10, 30 or a multiple of 60"
    assert "more than a day" in refused(Period=300, EvaluationPeriods=300)
    assert "DatapointsToAlarm" in refused(DatapointsToAlarm=4)
    assert "TreatMissingData" in refused(TreatMissingData="forget")
    assert refused(AlarmActions=["scale-out"]) == "Invalid arn syntax: scale-out"
    assert "anomaly" in refused(ComparisonOperator="GreaterThanUpperThreshold")
    assert "does not simulate Metrics" in refused(Metrics=[{"Id": "e1", "Expression": "1"}])
    assert call(world, "DescribeAlarms")["MetricAlarms"] == []


def test_alarms_are_found_updated_and_deleted(world: World) -> None:
    for name in ("hot", "cold", "hotter"):
        watch(world, AlarmName=name, Tags=[{"Key": "course", "Value": "dockyard"}])
    minutes(world, 10, 10, 10)
    watch(world, Threshold=80, AlarmActions=[TOPIC])
    found = call(world, "DescribeAlarms", AlarmNamePrefix="hot")["MetricAlarms"]
    assert [(one["AlarmName"], one["Threshold"], one["StateValue"]) for one in found] == [
        ("hot", 80.0, "OK"),
        ("hotter", 70.0, "OK"),
    ]
    assert [one["AlarmName"] for one in call(world, "DescribeAlarms", ActionPrefix="arn:aws:sns")["MetricAlarms"]] == [
        "hot"
    ]
    first = call(world, "DescribeAlarms", MaxRecords=2)
    rest = call(world, "DescribeAlarms", MaxRecords=2, NextToken=first["NextToken"])
    assert [one["AlarmName"] for one in first["MetricAlarms"] + rest["MetricAlarms"]] == ["cold", "hot", "hotter"]
    tags = call(world, "ListTagsForResource", ResourceARN=found[0]["AlarmArn"])["Tags"]
    assert tags == [{"Key": "course", "Value": "dockyard"}]
    call(world, "DeleteAlarms", AlarmNames=["cold", "hot", "hotter"])
    assert call(world, "DescribeAlarms")["MetricAlarms"] == []
    world.advance(3600)
    assert world.account.agenda.next_due() is None  # nothing watches: time costs nothing


def test_a_fork_and_its_origin_read_the_same_and_go_their_own_ways(world: World) -> None:
    watch(world)
    minutes(world, 90, 90)
    fork = World(world.account.fork("try"), Landscape())
    assert fork.account.described()["regions"] == world.account.described()["regions"]
    minutes(fork, 90)
    assert (alarm(fork)["StateValue"], alarm(world)["StateValue"]) == ("ALARM", "INSUFFICIENT_DATA")
    json.dumps(fork.account.described())
