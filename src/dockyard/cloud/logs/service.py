"""The whole of CloudWatch Logs in one region.

Knows nothing about who writes: tasks through their log driver, or a client.
"""

from __future__ import annotations

from dockyard.cloud.logs.events import Events
from dockyard.cloud.logs.groups import Groups
from dockyard.cloud.logs.streams import Streams


class Logs(Groups, Streams, Events):
    """CloudWatch Logs: `group_exists` and `write` for log drivers, and the API."""
