"""When a schedule is due: `at(…)`, `rate(…)` and `cron(…)`, in UTC.

Knows nothing about what is scheduled.
https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from dockyard.cloud.clock import parse_iso

UNITS = {"minute": 60, "hour": 3600, "day": 86400}
RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
#: minutes, hours, days of the month, months, days of the week (Sunday is 1), years
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
DAYS = {name: str(number) for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
#: A cron expression is searched so many days ahead: 29 February comes within eight years.
AHEAD = 8 * 366


def next_run(schedule: str, after: float) -> float | None:
    """The first moment later than `after` (seconds since 1970) at which a schedule is due, None when there is none.

    Raises ValueError when the schedule cannot be read.
    """
    if schedule.startswith("at(") and schedule.endswith(")"):
        moment = parse_iso(schedule[3:-1])
        return moment if moment > after else None
    if rate := RATE.fullmatch(schedule):
        return after + int(rate[1]) * UNITS[rate[2]]
    if schedule.startswith("cron(") and schedule.endswith(")"):
        return _cron(schedule[5:-1].split(), after)
    raise ValueError(f"unknown schedule: {schedule}")


def _cron(fields: list[str], after: float) -> float | None:
    if len(fields) != len(RANGES):
        raise ValueError("a cron expression has six fields")
    minutes, hours, days, months, weekdays, years = map(_values, fields, RANGES)
    moment = datetime.fromtimestamp(after, UTC)
    for ahead in range(AHEAD):
        day = moment.date() + timedelta(ahead)
        if day.day in days and day.month in months and day.year in years and _weekday(day) in weekdays:
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    found = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).timestamp()
                    if found > after:
                        return found
    return None


def _weekday(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _values(field: str, bounds: tuple[int, int]) -> set[int]:
    """The numbers that a field of a cron expression means: `*`, `?`, `5`, `1-5`, `0,30`, `*/10`, `MON-FRI`."""
    values: set[int] = set()
    for part in field.upper().split(","):
        span, _, step = part.partition("/")
        for name, number in DAYS.items():
            span = span.replace(name, number)
        if span in ("*", "?"):
            first, last = bounds
        else:
            low, _, high = span.partition("-")
            first = int(low)
            last = int(high) if high else bounds[1] if step else first
        if not bounds[0] <= first <= last <= bounds[1]:
            raise ValueError(f"{part} is out of range")
        values.update(range(first, last + 1, int(step or 1)))
    return values
