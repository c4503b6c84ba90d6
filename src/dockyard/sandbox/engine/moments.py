"""Moments as Docker's clients write them, `1700000000.5`, `2026-11-24T10:00:00Z` or `10m`, and as its answers do.

Knows nothing about the clock: the present moment is handed in.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dockyard.errors import EngineError

__all__ = ["NEVER", "moment", "written"]

#: How Docker's answers write a moment that has not come: the first one of Go's calendar.
NEVER = "0001-01-01T00:00:00Z"
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def moment(text: str, now: float) -> float:
    """Seconds since 1970; a duration counts back from `now`, and nothing at all is 0. Raises EngineError."""
    if not text:
        return 0.0
    if re.fullmatch(r"-?\d{1,12}(\.\d+)?", text):
        return float(text)
    if _DURATION.fullmatch(text):
        return now - sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise EngineError(f'failed to parse value as time or duration: "{text}"') from error
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def written(seconds: float) -> str:
    """`2026-11-24T10:00:00.5Z`; a moment that has not come (0) is `NEVER`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z") if seconds else NEVER
