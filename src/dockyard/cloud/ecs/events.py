"""What a service tells: its events, newest first, and repeats of the same trouble withheld.

Knows nothing about why something happened; tasks and targets that come and go at the same moment share a sentence.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

from __future__ import annotations

from dockyard.cloud.clock import HOUR
from dockyard.cloud.ecs.state import Event, ServiceRecord
from dockyard.cloud.ecs.tasks import Tasks

EVENTS_KEPT = 100
STEADY = "has reached a steady state."
#: Told once, until six hours have passed, another deployment began or the service was steady again.
TROUBLES = ("was unable", "is unable", "failed to launch")


class Events(Tasks):
    """Writes service events."""

    def event(self, service: ServiceRecord, text: str) -> None:
        """Write a service event, unless it is a trouble told already; a hundred are kept, newest first."""
        message = f"(service {service.name}) {text}"
        if text.startswith(TROUBLES) and self._told(service, message):
            return
        service.events.insert(0, Event(self.account.identifiers.uuid(), self.now, message))
        del service.events[EVENTS_KEPT:]
        self.account.causes.note(self.now, message)  # a happening, and the cause of none

    def _told(self, service: ServiceRecord, message: str) -> bool:
        since = max(self.now - 6 * HOUR, service.primary.created_at)
        for one in service.events:
            if one.at < since or one.message.endswith(STEADY):
                return False
            if one.message == message:
                return True
        return False

    def tell(self, service: ServiceRecord) -> None:
        """Write, a sentence each, which tasks were stopped and how many targets came and went since the last time."""
        for group, count in service.joined.items():
            self.event(service, f"registered {count} targets in (target-group {group})")
        for group, count in service.left.items():
            self.event(service, f"deregistered {count} targets in (target-group {group})")
        if service.left:
            self.event(service, f"has begun draining connections on {max(service.left.values())} tasks.")
        if service.stopped:
            listed = " ".join(f"(task {one})" for one in service.stopped)
            self.event(service, f"has stopped {len(service.stopped)} running tasks: {listed}.")
        service.joined, service.left, service.stopped = {}, {}, []
