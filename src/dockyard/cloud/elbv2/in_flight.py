"""Requests that last: on their way at a target until they are answered, or lost with it.

Knows nothing about metrics. What departs, ends or is lost comes out as shares, which are counted like any other. All is
worked out from moments, so that it does not matter how often somebody counts.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dockyard.cloud.elbv2.state import Flight, Share

#: What a client hears whose target ended, or was gone before it had answered.
LOST = 502


def boarded(flights: list[Flight], share: Share, begun: float, until: float) -> list[Flight]:
    """The flights, and with them a share's requests that began between two moments."""
    flight = Flight(share, begun, until)
    last = next((one for one in flights if one.share == share and one.until == begun), None)
    if last is None:
        return [*flights, flight]
    return [replace(one, until=until) if one is last else one for one in flights]


def landed(flights: list[Flight], now: float) -> tuple[list[Flight], list[Share]]:
    """The flights that are still on their way now, and shares (of one second) for the requests that ended until now."""
    left, ended = list[Flight](), list[Share]()
    for one in flights:
        begun = min(max(one.begun, now - one.share.lasts), one.until)
        if begun > one.begun:
            ended.append(_ended(one.share, (begun - one.begun) * one.share.served))
        if begun < one.until:
            left.append(replace(one, begun=begun))
    return left, ended


def lost(flights: list[Flight], stands: Callable[[Share], bool]) -> tuple[list[Flight], list[Share]]:
    """The flights whose target still stands, and shares (of one second) for the requests at the others."""
    left = [one for one in flights if stands(one.share)]
    gone = (one for one in flights if not stands(one.share))
    return left, [_failed(one.share, one.requests, LOST) for one in gone]


def departing(share: Share) -> Share:
    """The share of those that only begin: asked for, not answered yet."""
    return replace(share, served=0.0) if share.lasts else share


def on_board(flights: list[Flight]) -> float:
    """How many requests are on their way."""
    return sum(one.requests for one in flights)


def _ended(share: Share, count: float) -> Share:
    """Requests that were on their way for as long as they last: answered, or nobody waited any longer."""
    if share.times_out:
        return _failed(share, count, share.error)
    return replace(share, requests=0.0, served=count, failed=0.0, busy=0.0)


def _failed(share: Share, count: float, error: int) -> Share:
    return replace(share, requests=0.0, served=0.0, failed=count, error=error, busy=0.0)
