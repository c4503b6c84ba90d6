"""Alarms judged at every whole minute: changes of state, their history, and the actions that follow.

Knows nothing about what a scaling policy does with the call.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from dockyard.cloud.cloudwatch.base import CloudWatchRecords
from dockyard.cloud.cloudwatch.judgement import ALARM, Judgement, evaluation_range, judge, reason, reason_data
from dockyard.cloud.cloudwatch.state import Alarm, HistoryItem, Series
from dockyard.errors import AwsError

#: So many items of history are kept in a region; AWS keeps thirty days.
HISTORY_KEPT = 300
SCALING = "application-autoscaling"


@dataclass(slots=True, frozen=True)
class Reading:
    """The latest value that an alarm looks at, and what it is compared with."""

    value: float
    threshold: float
    operator: str


class Evaluation(CloudWatchRecords):
    """The life of alarms."""

    def live(self) -> bool:
        """Alarms watch."""
        return bool(self.kept.alarms)

    def each_minute(self) -> None:
        """Judge every alarm by its last complete periods; a scaling policy is called again while ALARM lasts."""
        for alarm in list(self.kept.alarms.values()):
            self._judge(alarm)

    def reading(self, alarm_name: str, statistic: str = "") -> Reading | None:
        """The newest value in an alarm's evaluation range, None without data; of its own statistic unless told another.

        An alarm on a Sum or SampleCount has a threshold that no other statistic can be held against.
        """
        alarm = self.kept.alarms.get(alarm_name)
        series = self.series_of(alarm.rule.key, alarm.rule.unit) if alarm else None
        if alarm is None or series is None:
            return None
        rule = alarm.rule
        own = not statistic or rule.statistic in ("Sum", "SampleCount")
        values = series.values(
            rule.statistic if own else statistic, self._period_end(), rule.period, evaluation_range(rule)
        )
        latest = next((one for one in reversed(values) if one is not None), None)
        return None if latest is None else Reading(latest, rule.threshold, rule.operator)

    def alarm(self, name: str) -> Alarm:
        """The alarm of this name. Raises AwsError ResourceNotFound."""
        found = self.kept.alarms.get(name)
        if found is None:
            raise AwsError("ResourceNotFound", f"Unknown alarm: {name}", status=404)
        return found

    def change(self, alarm: Alarm, state: str, why: str, data: str) -> None:
        """Put an alarm into a state for a reason: remember it, and act when the state is another one than before."""
        before = _state(alarm)
        changed = alarm.state != state
        old, alarm.state, alarm.reason, alarm.reason_data = alarm.state, state, why, data
        if not changed:
            return
        alarm.changed_at = self.now
        alarm.cause = self.note(f"alarm {alarm.name} went from {old} to {state}: {why}")
        history = json.dumps({"version": "1.0", "oldState": before, "newState": _state(alarm)}, separators=(",", ":"))
        self.remember(alarm.name, "StateUpdate", f"Alarm updated from {old} to {state}", history)
        if alarm.actions_enabled:
            for action in alarm.actions[state]:
                self._act(alarm, action)

    def remember(self, alarm: str, kind: str, summary: str, data: str) -> None:
        """Write into the history of alarms."""
        history = self.kept.history
        history.append(HistoryItem(self.now, alarm, kind, summary[:255], data))
        del history[: max(0, len(history) - HISTORY_KEPT)]

    def _period_end(self) -> float:
        """The end of the last complete minute."""
        return self.now // 60 * 60

    def _judge(self, alarm: Alarm) -> None:
        rule, end = alarm.rule, self._period_end()
        series = self.series_of(rule.key, rule.unit)
        count = evaluation_range(rule)
        values: list[float | None] = [None] * count
        if series is not None:
            values = series.values(rule.statistic, end, rule.period, count)
        judgement = judge(rule, values, end)
        if judgement is not None and judgement.state != alarm.state:
            self._because(alarm, series, judgement)
            self.change(alarm, judgement.state, reason(rule, judgement), reason_data(rule, judgement, self.now))
        elif alarm.state == ALARM and alarm.actions_enabled:
            self.account.causes.current = alarm.cause
            for action in alarm.actions[ALARM]:
                self._scale(alarm, action)

    def _because(self, alarm: Alarm, series: Series | None, judgement: Judgement) -> None:
        """The datapoints become the cause of the change, and what led to the measures the cause of the datapoints."""
        self.account.causes.current = series.cause if series else 0
        _, name, dimensions = alarm.rule.key
        who = ", ".join(f"{key}={value}" for key, value in dimensions) or "no dimensions"
        values = ", ".join(str(round(one.value, 3)) for one in reversed(judgement.datapoints)) or "missing"
        self.note(f"{alarm.rule.statistic} of {name} ({who}) was {values}")

    def _act(self, alarm: Alarm, action: str) -> None:
        self._scale(alarm, action)
        data = {
            "actionState": "Succeeded",
            "notificationResource": action,
            "stateUpdateTimestamp": round(alarm.changed_at * 1000),
        }
        self.remember(alarm.name, "Action", f"Successfully executed action {action}", json.dumps(data))

    def _scale(self, alarm: Alarm, action: str) -> None:
        if ":autoscaling:" in action and "scalingPolicy" in action and SCALING in self.simulation.kinds:
            self.plan(0, "alarm_acts", action, alarm.name, service=SCALING)


def _state(alarm: Alarm) -> dict[str, object]:
    shown: dict[str, object] = {"stateValue": alarm.state, "stateReason": alarm.reason}
    if alarm.reason_data:
        shown["stateReasonData"] = json.loads(alarm.reason_data)
    return shown
