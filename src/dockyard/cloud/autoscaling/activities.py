"""Scaling activities: the desired count set and watched until ECS fulfils it, attempts that did not scale, the list.

Knows nothing about why a count was chosen.
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.autoscaling.base import PAGE, AutoScalingRecords, named, stale_token
from dockyard.cloud.autoscaling.state import Activity, Target
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, effect, operation

#: So many activities are kept in a region; AWS keeps six weeks.
ACTIVITIES_KEPT = 300
#: An activity in progress is looked at every so many seconds, and given up after so many.
LOOK_EVERY, GIVE_UP = 5.0, 600.0


class Activities(AutoScalingRecords):
    """What scaling did."""

    def record(self, resource: str, description: str, cause: str, status: str, **more: Any) -> Activity:
        """Write down an activity that starts now."""
        activity = Activity(self.account.identifiers.uuid(), resource, description, cause, self.now, status, **more)
        kept = self.kept.activities
        kept.append(activity)
        del kept[: max(0, len(kept) - ACTIVITIES_KEPT)]
        return activity

    def resize(self, target: Target, desired: int, cause: str) -> Activity:
        """Set the service's desired count; the activity is in progress until so many tasks run."""
        for one in self.kept.activities:
            if one.resource == target.resource and one.status == "InProgress":
                self._finish(one, "Overridden", f"The desired count was updated by a newer scaling activity: {cause}.")
        current = self.ecs.desired_count(*target.service) or 0
        if target.changed_at != self.now:
            target.changed_at, target.before = self.now, current
        message = f"Successfully set desired count to {desired}. Waiting for change to be fulfilled by ecs."
        description = f"Setting desired count to {desired}."
        activity = self.record(target.resource, description, cause, "InProgress", message=message, desired=desired)
        self.note(f"{cause}: the desired count of {target.resource} goes from {current} to {desired}")
        self.ecs.scale(*target.service, desired, cause)
        self.plan(LOOK_EVERY, "look", target.resource, activity.id)
        return activity

    def not_scaled(self, target: Target, cause: str, code: str, **capacity: int) -> None:
        """Write down an attempt that changed nothing, unless the latest activity says just that."""
        mine = [one for one in self.kept.activities if one.resource == target.resource]
        if mine and [one["Code"] for one in mine[-1].reasons] == [code]:
            return
        status = "Successful" if code == "AlreadyAtDesiredCapacity" else "Failed"
        reasons = [{"Code": code, **capacity}]
        self.record(target.resource, "Attempting to scale due to alarm triggered", cause, status, reasons=reasons)
        self.note(f"{cause}: {target.resource} was not scaled ({code})")

    @effect
    def look(self, resource: str, activity_id: str) -> None:
        """Look whether ECS fulfilled an activity."""
        activity = next((one for one in self.kept.activities if one.id == activity_id), None)
        target = self.kept.targets.get(resource)
        if activity is None or target is None or activity.status != "InProgress":
            return
        desired = self.ecs.desired_count(*target.service)
        said = f"Successfully set desired count to {activity.desired}."
        if desired != activity.desired:
            self._finish(activity, "Overridden", f"{said} The desired count was changed since.")
        elif self.ecs.running_count(*target.service) == desired:
            self._finish(activity, "Successful", f"{said} Change successfully fulfilled by ecs.")
        elif self.now - activity.started >= GIVE_UP:
            self._finish(activity, "Unfulfilled", f"{said} Change was not fulfilled by ecs in time.")
        else:
            self.plan(LOOK_EVERY, "look", resource, activity_id)

    def _finish(self, activity: Activity, status: str, message: str) -> None:
        """End an activity; the cooldown after it begins."""
        activity.status, activity.message, activity.ended = status, message, self.now
        target = self.kept.targets.get(activity.resource)
        for cooldown in (target.out, target.into) if target else ():
            if cooldown is not None and cooldown.activity == activity.id:
                cooldown.ends = self.now + cooldown.seconds

    @operation("DescribeScalingActivities")
    def describe_scaling_activities(self, request: Request) -> Response:
        """The activities, newest first, in pages of 50 unless told; those that did not scale only when asked for."""
        resource, every = request.get("ResourceId"), request.get("IncludeNotScaledActivities", False)
        found = [
            one
            for one in reversed(self.kept.activities)
            if request["ServiceNamespace"] == "ecs" and resource in (None, one.resource) and (every or not one.reasons)
        ]
        part, rest = page(found, request.get("NextToken"), request.get("MaxResults", PAGE), stale_token())
        return with_token({"ScalingActivities": [_shape(one) for one in part]}, "NextToken", rest)


def _shape(activity: Activity) -> Response:
    optional = {
        "EndTime": activity.ended,
        "StatusMessage": activity.message or None,
        "NotScaledReasons": activity.reasons or None,
    }
    return {
        "ActivityId": activity.id,
        **named(activity.resource),
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": activity.started,
        "StatusCode": activity.status,
        **{name: value for name, value in optional.items() if value is not None},
    }
