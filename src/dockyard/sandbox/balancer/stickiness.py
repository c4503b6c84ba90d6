"""Sticky sessions: a cookie of the load balancer's own that brings a client back to its target.

Knows nothing about whose turn it is otherwise. An application's own cookie, and stickiness among groups, are not
simulated.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
"""

from __future__ import annotations

import hashlib
import time
from email.utils import formatdate

from dockyard.cloud.elbv2.entrance import Pool, Spot
from dockyard.sandbox.balancer.incoming import Headers, Incoming

COOKIE, COOKIE_ACROSS_SITES = "AWSALB", "AWSALBCORS"


def is_sticky(pool: Pool) -> bool:
    """Whether the target group wants its clients back."""
    attributes = pool.attributes
    return attributes.get("stickiness.enabled") == "true" and attributes.get("stickiness.type") == "lb_cookie"


def known(incoming: Incoming, pool: Pool) -> Spot | None:
    """The target that the client's cookie names, if it still gets requests."""
    sent = b"; ".join(value for name, value in incoming.headers if name == b"cookie").decode("latin-1")
    pairs = dict(one.strip().partition("=")[::2] for one in sent.split(";"))
    value = pairs.get(COOKIE) or pairs.get(COOKIE_ACROSS_SITES)
    return next((one for one in pool.spots if value and _token(pool, one) == value), None)


def cookies(pool: Pool, spot: Spot) -> Headers:
    """What the client is given to come back with."""
    seconds = int(pool.attributes["stickiness.lb_cookie.duration_seconds"])
    value = f"{_token(pool, spot)}; Expires={formatdate(time.time() + seconds, usegmt=True)}; Path=/"
    told = (f"{COOKIE}={value}", f"{COOKIE_ACROSS_SITES}={value}; SameSite=None")
    return [(b"set-cookie", one.encode()) for one in told]


def _token(pool: Pool, spot: Spot) -> str:
    """What names a target to its clients, and tells them nothing of it."""
    return hashlib.sha256(f"{pool.arn} {spot.address}:{spot.port}".encode()).hexdigest()[:40]
