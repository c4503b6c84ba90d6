"""How many requests went where, with which answers and how quickly: collected, and told the account once a second.

Knows nothing about metrics: the simulator makes them. What was seen in a simulated minute is told before it ends.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass, field
from typing import Any

from dockyard.cloud.clock import MINUTE
from dockyard.cloud.elbv2.entrance import Entrance, Pool
from dockyard.errors import SandboxError
from dockyard.sandbox.host import Host
from dockyard.sandbox.learner import Learner

#: Real seconds between two lines of the journal.
EVERY = 1.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Seen:
    """What one target group saw: `latency` is the sum, the lowest and the highest, in seconds."""

    requests: int = 0
    targets: int = 1
    codes: dict[str, int] = field(default_factory=dict)
    latency: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])

    def answered(self, code: int, seconds: float) -> None:
        """A target answered."""
        first = not self.codes
        self.codes[str(code)] = self.codes.get(str(code), 0) + 1
        self.latency[0] += seconds
        self.latency[1] = seconds if first else min(self.latency[1], seconds)
        self.latency[2] = max(self.latency[2], seconds)

    def told(self) -> dict[str, Any]:
        """As a line of the journal holds it."""
        latency = [round(one, 6) for one in self.latency]
        return {"requests": self.requests, "targets": self.targets, "codes": self.codes, "latency": latency}


@dataclass(slots=True)
class Balance:
    """What one load balancer saw: by target group, and what it answered itself."""

    groups: dict[str, Seen] = field(default_factory=dict)
    own: dict[str, int] = field(default_factory=dict)


#: account, region and load balancer
_Where = tuple[str, str, str]


class Counting:
    """Collects for every account of a host. Counts come from the event loop; `tell` may be called from any thread."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._seen: dict[_Where, Balance] = {}
        self._due: asyncio.TimerHandle | None = None
        self._listening: set[str] = set()

    def chosen(self, learner: Learner, entrance: Entrance, pool: Pool) -> None:
        """A target was chosen for a request."""
        with self._lock:
            seen = self._balance(learner, entrance).groups.setdefault(pool.arn, Seen())
            seen.requests += 1
            seen.targets = len(pool.spots)

    def answered(self, learner: Learner, entrance: Entrance, pool: Pool, code: int, seconds: float) -> None:
        """A target answered after so many seconds."""
        with self._lock:
            self._balance(learner, entrance).groups.setdefault(pool.arn, Seen()).answered(code, seconds)

    def own(self, learner: Learner, entrance: Entrance, code: int) -> None:
        """The load balancer answered itself."""
        with self._lock:
            own = self._balance(learner, entrance).own
            own[str(code)] = own.get(str(code), 0) + 1

    def tell(self) -> None:
        """Tell the accounts what was seen since the last time. What cannot be written down is lost, with a warning."""
        with self._host.lock:
            with self._lock:
                seen, self._seen = self._seen, {}
            by_region: dict[tuple[str, str], list[dict[str, Any]]] = {}
            for (account, region, balancer), one in seen.items():
                groups = {arn: group.told() for arn, group in one.groups.items()}
                by_region.setdefault((account, region), []).append(
                    {"balancer": balancer, "groups": groups, "own": one.own}
                )
            for (account, region), told in by_region.items():
                self._write(account, region, told)

    def _tell_in_time(self) -> None:
        self._due = None
        self.tell()

    def close(self) -> None:
        """Tell the rest."""
        if self._due is not None:
            self._due.cancel()
        self.tell()

    def _write(self, account: str, region: str, told: list[dict[str, Any]]) -> None:
        try:
            self._host.learners[account].carried(region, told)
        except SandboxError as error:
            _log.warning("What went through the load balancers in the last second is not counted: %s", error)

    def _balance(self, learner: Learner, entrance: Entrance) -> Balance:
        """The counts of a load balancer; the first since the last telling plans the next."""
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(EVERY, self._tell_in_time)
            self._listen(learner)
        return self._seen.setdefault((learner.birth.account, entrance.region, entrance.arn), Balance())

    def _listen(self, learner: Learner) -> None:
        account = learner.birth.account
        if account not in self._listening:
            self._listening.add(account)
            learner.before_time.append(lambda until: self._before_a_minute_ends(learner, until))
            learner.before_looks.append(self.tell)

    def _before_a_minute_ends(self, learner: Learner, until: float) -> None:
        if self._seen and until // MINUTE != learner.world.account.clock.now // MINUTE:
            self.tell()
