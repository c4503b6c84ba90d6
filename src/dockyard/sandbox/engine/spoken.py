"""How long something lasted, in the words of `docker ps`.

Knows nothing about what lasted. See HumanDuration of Docker's go-units.
"""

from __future__ import annotations

__all__ = ["lasted"]

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def lasted(seconds: float) -> str:
    """`Less than a second`, `5 seconds`, `About a minute`, `3 hours`."""
    whole = int(seconds)
    if whole < 2 * _MINUTE:
        return _short(whole)
    if whole < 2 * _HOUR:
        return f"{whole // _MINUTE} minutes" if whole < _HOUR else "About an hour"
    if whole < 2 * _DAY:
        return f"{whole // _HOUR} hours"
    return _long(whole // _DAY)


def _short(seconds: int) -> str:
    if seconds < 1:
        return "Less than a second"
    if seconds < _MINUTE:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return "About a minute"


def _long(days: int) -> str:
    if days < 14:
        return f"{days} days"
    if days < 60:
        return f"{days // 7} weeks"
    return f"{days // 30} months" if days < 730 else f"{days // 365} years"
