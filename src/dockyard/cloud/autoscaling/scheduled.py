"""Scheduled actions: new bounds for a target at certain times.

Knows nothing about what a schedule's text means.
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
"""

from __future__ import annotations

from dockyard.cloud.autoscaling.base import PAGE, invalid, named, not_found, stale_token
from dockyard.cloud.autoscaling.scaling import Scaling
from dockyard.cloud.autoscaling.schedules import next_run
from dockyard.cloud.autoscaling.state import ScheduledAction, Target
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, effect, operation


class Scheduled(Scaling):
    """The operations on scheduled actions, and their effect."""

    @operation("PutScheduledAction")
    def put_scheduled_action(self, request: Request) -> Response:
        """Make or change a scheduled action."""
        target, name = self.registered(request), request["ScheduledActionName"]
        before = target.scheduled.get(name)
        schedule = request.get("Schedule", before.schedule if before else "")
        bounds = request.get("ScalableTargetAction", before.bounds if before else {})
        self._check(schedule, bounds, request)
        if before is None:
            arn = self.old_arn(
                f"scheduledAction:{self.account.identifiers.uuid()}:resource/ecs/{target.resource}"
                f":scheduledActionName/{name}"
            )
            before = ScheduledAction(name, arn, schedule, bounds, self.now, 0)
        self.kept.numbered += 1
        before.schedule, before.bounds, before.number = schedule, bounds, self.kept.numbered
        before.start, before.end = request.get("StartTime", before.start), request.get("EndTime", before.end)
        target.scheduled[name] = before
        self._plan_next(target, before)
        return {}

    def _check(self, schedule: str, bounds: dict[str, int], request: Request) -> None:
        if request.get("Timezone", "UTC") not in ("UTC", "Etc/UTC"):
            raise invalid("Dockyard simulates scheduled actions in UTC only.")
        if not bounds:
            raise invalid("ScalableTargetAction must contain MinCapacity or MaxCapacity.")
        try:
            following = next_run(schedule, self.now)
        except ValueError:
            raise invalid(
                f"Invalid schedule expression {schedule!r}: use at(yyyy-mm-ddThh:mm:ss), rate(N minutes|hours|days) or "
                "cron(minutes hours day-of-month month day-of-week year) with numbers, lists, ranges and steps."
            ) from None
        if following is None:
            raise invalid("Scheduled time must be in the future.")

    def _plan_next(self, target: Target, action: ScheduledAction) -> None:
        after = max(self.now, (action.start or 0) - 1)
        following = next_run(action.schedule, after)
        if following is not None and (action.end is None or following <= action.end):
            self.plan(following - self.now, "schedule_acts", target.resource, action.name, action.number)

    @effect
    def schedule_acts(self, resource: str, name: str, number: int) -> None:
        """A scheduled action's time has come: give the target its bounds."""
        target = self.kept.targets.get(resource)
        action = target.scheduled.get(name) if target else None
        if target is None or action is None or action.number != number:
            return
        if not target.suspended["ScheduledScalingSuspended"]:
            self._apply(target, action)
        self._plan_next(target, action)

    def _apply(self, target: Target, action: ScheduledAction) -> None:
        minimum = action.bounds.get("MinCapacity", target.minimum)
        maximum = action.bounds.get("MaxCapacity", target.maximum)
        what, cause = _said(action.bounds), f"scheduled action {action.name} was triggered"
        if maximum < minimum:
            message = "Maximum capacity cannot be less than minimum capacity"
            self.record(target.resource, f"Setting {what}", cause, "Failed", message=message, ended=self.now)
            return
        message = f"Successfully set {what}"
        self.record(target.resource, f"Setting {what}", cause, "Successful", message=message, ended=self.now)
        self.note(f"{cause}: {target.resource} got {what}")
        self.bound(target, minimum, maximum)

    @operation("DescribeScheduledActions")
    def describe_scheduled_actions(self, request: Request) -> Response:
        """The scheduled actions by resource and name, in pages of 50 unless told."""
        resource, names = request.get("ResourceId"), request.get("ScheduledActionNames")
        found = [
            (target, action)
            for key, target in sorted(self.kept.targets.items())
            for name, action in sorted(target.scheduled.items())
            if request["ServiceNamespace"] == "ecs" and resource in (None, key) and (not names or name in names)
        ]
        part, rest = page(found, request.get("NextToken"), request.get("MaxResults", PAGE), stale_token())
        return with_token({"ScheduledActions": [_shape(*one) for one in part]}, "NextToken", rest)

    @operation("DeleteScheduledAction")
    def delete_scheduled_action(self, request: Request) -> Response:
        """Delete a scheduled action."""
        resource, name = self.resource(request), request["ScheduledActionName"]
        target = self.kept.targets.get(resource)
        if target is None or name not in target.scheduled:
            raise not_found("scheduled action found", resource, f", scheduled action name: {name}")
        del target.scheduled[name]
        return {}


def _said(bounds: dict[str, int]) -> str:
    names = {"MinCapacity": "min capacity", "MaxCapacity": "max capacity"}
    return " and ".join(f"{said} to {bounds[name]}" for name, said in names.items() if name in bounds)


def _shape(target: Target, action: ScheduledAction) -> Response:
    optional = {"StartTime": action.start, "EndTime": action.end}
    return {
        "ScheduledActionName": action.name,
        "ScheduledActionARN": action.arn,
        **named(target.resource),
        "Schedule": action.schedule,
        "ScalableTargetAction": dict(action.bounds),
        "CreationTime": action.created_at,
        **{name: value for name, value in optional.items() if value is not None},
    }
