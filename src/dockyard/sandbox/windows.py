"""Windows of metrics and logs that a learner wrote by the wall clock, moved to simulated time.

Knows nothing about services: it knows the names of a window's two ends. `datetime.now()` in a notebook must find the
minutes just simulated, and a window taken from an answer (simulated time) must stay as it is.
"""

from __future__ import annotations

from typing import Any

#: A window is the wall clock's when it ends within so many seconds of it.
NEAR = 600.0
#: The two ends of a window: CloudWatch's metrics, its alarms' history, Logs.
_ENDS = (("StartTime", "EndTime"), ("StartDate", "EndDate"), ("startTime", "endTime"))
#: Above this a moment is milliseconds since 1970 (as seconds it would be the year 5138).
_MILLISECONDS_ABOVE = 1e11


def move_window(request: dict[str, Any], wall_now: float, simulated_now: float) -> dict[str, Any]:
    """The request with its window moved by simulated − wall, where it ends near the wall clock and nearer to it than
    to simulated now; otherwise the request as it is. Both clocks in seconds since 1970; ends in seconds, or
    milliseconds as Logs has them.
    """
    for start, end in _ENDS:
        if isinstance(request.get(end), int | float):
            unit = 1000.0 if request[end] > _MILLISECONDS_ABOVE else 1.0
            if _by_the_wall(request[end] / unit, wall_now, simulated_now):
                return request | _moved(request, (start, end), (simulated_now - wall_now) * unit)
    return request


def _by_the_wall(moment: float, wall_now: float, simulated_now: float) -> bool:
    return abs(moment - wall_now) <= NEAR and abs(moment - wall_now) < abs(moment - simulated_now)


def _moved(request: dict[str, Any], names: tuple[str, str], shift: float) -> dict[str, Any]:
    """Both ends moved; each keeps its type (Logs' are whole milliseconds)."""
    return {name: type(request[name])(request[name] + shift) for name in names if name in request}
