"""Moments as people read them.

Knows nothing about clocks: a moment is ISO 8601 text in UTC, as the control API tells it.
"""

from __future__ import annotations

from datetime import datetime

__all__ = ["day_and_time", "here", "time_of_day"]


def time_of_day(moment: str) -> str:
    """`13:57:00` of the simulated `2026-11-24T13:57:00.000Z`."""
    return moment[11:19]


def day_and_time(moment: str) -> str:
    """`2026-11-24 13:57:00` of the simulated `2026-11-24T13:57:00.000Z`."""
    return f"{moment[:10]} {moment[11:19]}"


def here(moment: str) -> str:
    """A real moment as the clock on this machine's wall showed it: `2026-11-24 14:57`."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"
