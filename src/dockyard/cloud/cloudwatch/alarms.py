"""Alarms as the API makes, shows, switches and deletes them.

Knows nothing about how they are judged.
"""

from __future__ import annotations

import json
from itertools import chain

from dockyard.cloud.cloudwatch.base import dimensions_of, stale_token
from dockyard.cloud.cloudwatch.evaluation import Evaluation
from dockyard.cloud.cloudwatch.rules import ACTIONS, rule_of
from dockyard.cloud.cloudwatch.state import Alarm, metric_key
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

PAGE = 50
SHOWN = (
    "AlarmDescription", "Dimensions", "Unit", "DatapointsToAlarm", "TreatMissingData",
)  # fmt: skip


class Alarms(Evaluation):
    """The operations on alarms."""

    @operation("PutMetricAlarm")
    def put_metric_alarm(self, request: Request) -> Response:
        """Make an alarm in INSUFFICIENT_DATA, or give an alarm another rule, which leaves its state as it is."""
        name, rule = request["AlarmName"], rule_of(request)
        alarm = self.kept.alarms.get(name)
        made = alarm is None
        if alarm is None:
            arn = self.arn(f"alarm:{name}")
            alarm = Alarm(name, arn, rule, {}, {}, True, self.now, changed_at=self.now)
            alarm.tags = {one["Key"]: one["Value"] for one in request.get("Tags", ())}
            self.kept.alarms[name] = alarm
        alarm.rule, alarm.configured_at = rule, self.now
        alarm.given = {key: request[key] for key in SHOWN if key in request}
        alarm.actions = {state: list(request.get(key, ())) for state, key in ACTIONS.items()}
        alarm.actions_enabled = request.get("ActionsEnabled", True)
        self._configured(name, "created" if made else "updated")
        return {}

    def _configured(self, name: str, how: str) -> None:
        kind = {"created": "Create", "updated": "Update", "deleted": "Delete"}[how]
        self.remember(
            name, "ConfigurationUpdate", f'Alarm "{name}" {how}', json.dumps({"version": "1.0", "type": kind})
        )

    @operation("DescribeAlarms")
    def describe_alarms(self, request: Request) -> Response:
        """The alarms by name, in pages of 50 unless told."""
        names, prefix = request.get("AlarmNames"), request.get("AlarmNamePrefix", "")
        if names and prefix:
            raise AwsError("InvalidParameterCombination", "AlarmNames and AlarmNamePrefix are mutually exclusive.")
        state, action = request.get("StateValue"), request.get("ActionPrefix", "")
        wanted = "MetricAlarm" in request.get("AlarmTypes", ["MetricAlarm"])
        found = [
            one
            for key, one in sorted(self.kept.alarms.items())
            if wanted
            and (not names or key in names)
            and key.startswith(prefix)
            and state in (None, one.state)
            and (not action or any(each.startswith(action) for each in chain(*one.actions.values())))
        ]
        part, rest = page(found, request.get("NextToken"), request.get("MaxRecords", PAGE), stale_token())
        return with_token(
            {"MetricAlarms": [alarm_shape(one) for one in part], "CompositeAlarms": []}, "NextToken", rest
        )

    @operation("DescribeAlarmsForMetric")
    def describe_alarms_for_metric(self, request: Request) -> Response:
        """The alarms on one metric, narrowed by statistic, period and unit when given."""
        key = metric_key(request["Namespace"], request["MetricName"], dimensions_of(request))
        found = [
            one
            for _, one in sorted(self.kept.alarms.items())
            if one.rule.key == key
            and request.get("Statistic") in (None, one.rule.statistic)
            and request.get("Period") in (None, one.rule.period)
            and request.get("Unit") in (None, one.rule.unit)
        ]
        return {"MetricAlarms": [alarm_shape(one) for one in found]}

    @operation("DeleteAlarms")
    def delete_alarms(self, request: Request) -> Response:
        """Delete alarms; names that are not there are passed over."""
        for name in request["AlarmNames"]:
            if self.kept.alarms.pop(name, None) is not None:
                self._configured(name, "deleted")
        return {}

    @operation("SetAlarmState")
    def set_alarm_state(self, request: Request) -> Response:
        """Put an alarm into a state by hand, with its actions, until the next minute judges it again."""
        data = request.get("StateReasonData", "")
        try:
            json.loads(data or "{}")
        except ValueError:
            raise AwsError("InvalidFormat", "TOKEN_INVALID_JSON: StateReasonData is not valid JSON.") from None
        self.change(self.alarm(request["AlarmName"]), request["StateValue"], request["StateReason"], data)
        return {}

    @operation("EnableAlarmActions")
    def enable_alarm_actions(self, request: Request) -> Response:
        """Let alarms act again."""
        return self._switch(request, True)

    @operation("DisableAlarmActions")
    def disable_alarm_actions(self, request: Request) -> Response:
        """Let alarms change their state without acting."""
        return self._switch(request, False)

    def _switch(self, request: Request, enabled: bool) -> Response:
        for name in request["AlarmNames"]:
            alarm = self.kept.alarms.get(name)
            if alarm is not None:
                alarm.actions_enabled = enabled
                self._configured(name, "updated")
        return {}

    def _tagged(self, request: Request) -> dict[str, str]:
        name = request["ResourceARN"].split(":alarm:", 1)[-1]
        if name not in self.kept.alarms:
            raise AwsError("ResourceNotFoundException", f"Unknown alarm: {name}", status=404)
        return self.kept.alarms[name].tags

    @operation("TagResource")
    def tag_resource(self, request: Request) -> Response:
        """Tag an alarm by its ARN."""
        self._tagged(request).update({one["Key"]: one["Value"] for one in request["Tags"]})
        return {}

    @operation("UntagResource")
    def untag_resource(self, request: Request) -> Response:
        """Take tags away from an alarm by its ARN."""
        tags = self._tagged(request)
        for key in request["TagKeys"]:
            tags.pop(key, None)
        return {}

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, request: Request) -> Response:
        """The tags of an alarm by its ARN."""
        return {"Tags": [{"Key": key, "Value": value} for key, value in self._tagged(request).items()]}


def alarm_shape(alarm: Alarm) -> Response:
    """An alarm as the API shows it."""
    rule = alarm.rule
    shape = {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "AlarmConfigurationUpdatedTimestamp": alarm.configured_at,
        "ActionsEnabled": alarm.actions_enabled,
        **{key: list(alarm.actions[state]) for state, key in ACTIONS.items()},
        "StateValue": alarm.state,
        "StateReason": alarm.reason,
        "StateUpdatedTimestamp": alarm.changed_at,
        "StateTransitionedTimestamp": alarm.changed_at,
        "Namespace": rule.key[0],
        "MetricName": rule.key[1],
        "Statistic": rule.statistic,
        "Dimensions": [],
        "Period": rule.period,
        "EvaluationPeriods": rule.periods,
        "Threshold": rule.threshold,
        "ComparisonOperator": rule.operator,
        **alarm.given,
    }
    return {**shape, "StateReasonData": alarm.reason_data} if alarm.reason_data else shape
