"""Offered traffic becomes numbers, piece by piece: between one change and the next all flows at a constant rate.

Knows nothing about CloudWatch. Whoever changes targets, health or listeners does it inside `rerouting()`: what has
flowed until now is counted as it was, and what comes flows as it is then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from dockyard.cloud.elbv2.in_flight import boarded, departing, landed, lost, on_board
from dockyard.cloud.elbv2.records import BalancingRecords
from dockyard.cloud.elbv2.shares import shared
from dockyard.cloud.elbv2.state import Counts, Flight, LoadBalancer, Share, Tally, target_key
from dockyard.cloud.service import effect
from dockyard.cloud.traffic import Offer, Traffic
from dockyard.errors import AwsError


class Metering(BalancingRecords):
    """Offers, and what became of them."""

    @property
    def traffic(self) -> Traffic:
        """What is offered in this region."""
        return Traffic.of(self.account, self.region)

    def offer(
        self, load_balancer: str, requests_per_second: float, cpu_ms: float, seconds: float, path: str = "",
        lasts: float = 0.0,
    ) -> None:  # fmt: skip
        """Offer load to a load balancer, by name, from now on for so many seconds, instead of what was offered.

        Each request costs `cpu_ms` milliseconds of one vCPU and asks for `path` ("": one that every server answers with
        200); it is in flight for `lasts` seconds beside its CPU. 0 requests a second stops it. Whoever calls this calls
        the simulation's `woken` too, which starts the minutes of a region that has none. Raises AwsError
        LoadBalancerNotFound.
        """
        balancer = self._named(load_balancer)
        self.account.causes.current = 0  # a person or a grader offers: nothing in here led to it
        with self.rerouting():
            until, self.balancing.metered_until = self.now + seconds, self.now
            self.traffic.offers[load_balancer] = Offer(load_balancer, requests_per_second, cpu_ms, until, path, lasts)
            load = f"{requests_per_second:g} requests/s of {cpu_ms:g} ms{f' and {lasts:g} s' if lasts else ''} each"
            balancer.offer_cause = self.note(f"{load} were offered to load balancer {load_balancer}")
        self.plan(seconds, "offer_ends", load_balancer)

    @effect
    def offer_ends(self, load_balancer: str) -> None:
        """The last request has arrived, unless another offer came meanwhile."""
        offer = self.traffic.offers.get(load_balancer)
        if offer is not None and offer.until <= self.now:
            with self.rerouting():
                del self.traffic.offers[load_balancer]

    def tally(self, load_balancer: str) -> Tally:
        """What was offered to a load balancer since its birth, until now. Changes nothing. Raises AwsError."""
        balancer = self._named(load_balancer)
        tally = replace(balancer.tally)
        flights, flowed = self._flowed(balancer)
        for share, seconds in flowed:
            _add(tally, share, seconds)
        _add_lost(tally, balancer.lost * self._unmetered(balancer))
        tally.in_flight = on_board(flights)
        return tally

    def load_cause(self, group_arn: str) -> int:
        """The number of the cause that brought the load which this target group bears, 0 when nobody offered any."""
        balancer = self.serving(group_arn)
        return balancer.offer_cause if balancer else 0

    def meter(self) -> None:
        """Count what has flowed until now."""
        if not self._flows():
            return  # nothing flows; the records of a region that only looks on stay as they are
        stale = [self._meter(one) for one in self.balancing.balancers.values()]
        self.balancing.metered_until = self.now
        if any(stale):
            self.reroute()

    @contextmanager
    def rerouting(self) -> Iterator[None]:
        """Around a change of targets, health, listeners or offers: count what was, change, and route anew."""
        self.meter()
        yield
        self.reroute()

    def reroute(self) -> None:
        """Let the offered traffic flow as the world is now; what is in flight to a target that is gone is lost."""
        if not self._flows():
            return
        for balancer in self.balancing.balancers.values():
            offer = self.traffic.offered(balancer.name, self.now)
            balancer.shares, balancer.lost = shared(self, balancer, offer) if offer else ([], 0.0)
            if balancer.flights:
                balancer.flights, gone = lost(balancer.flights, self._stands)
                self._lose(balancer, gone)

    def _flows(self) -> bool:
        """Whether anything is offered or in flight."""
        return bool(self.traffic.offers) or any(one.flights for one in self.balancing.balancers.values())

    def _stands(self, share: Share) -> bool:
        """Whether the target of a share still holds its connections: it is registered or drains, and listens."""
        group = self.balancing.groups.get(share.group)
        endpoint = self.network.endpoints.get(share.address)
        registered = group is not None and target_key(share.address, share.port) in group.targets
        return registered and endpoint is not None and share.port in endpoint.ports

    def _lose(self, balancer: LoadBalancer, gone: list[Share]) -> None:
        for share in gone:
            _add(balancer.tally, share, 1.0)
            _count(balancer.minute, share, 1.0)
            what = f"{share.failed:.0f} requests in flight at {share.address}:{share.port} were lost"
            self.account.causes.note(self.now, what)

    def _named(self, name: str) -> LoadBalancer:
        found = self.balancer_named(name)
        if found is None:
            raise AwsError("LoadBalancerNotFound", f"Load balancers '[{name}]' not found")
        return found

    def _unmetered(self, balancer: LoadBalancer) -> float:
        """The seconds of traffic that have flowed and are not counted yet."""
        offer = self.traffic.offers.get(balancer.name)
        return self.now - self.balancing.metered_until if offer else 0.0

    def _flowed(self, balancer: LoadBalancer) -> tuple[list[Flight], list[tuple[Share, float]]]:
        """What became of a balancer's traffic since it was last counted: what is in flight now, and the shares that
        flowed, each with its seconds. Changes nothing."""
        seconds, flights = self._unmetered(balancer), balancer.flights
        shares = balancer.shares if seconds > 0 else []
        for share in shares:
            if share.lasts and share.served:
                flights = boarded(flights, share, self.balancing.metered_until, self.now)
        flights, ended = landed(flights, self.now)
        return flights, [*((departing(one), seconds) for one in shares), *((one, 1.0) for one in ended)]

    def _meter(self, balancer: LoadBalancer) -> bool:
        """Count a balancer's traffic; returns whether some of it went to a server that is gone."""
        balancer.flights, flowed = self._flowed(balancer)
        _add_lost(balancer.tally, balancer.lost * self._unmetered(balancer))
        endpoints, stale = self.network.endpoints, False
        for share, seconds in flowed:
            _add(balancer.tally, share, seconds)
            _count(balancer.minute, share, seconds)
            if share.busy:
                endpoint = endpoints.get(share.address)
                if endpoint is None:
                    stale = True
                else:
                    endpoint.busy_ms += share.busy * seconds
        return stale


def _add(tally: Tally, share: Share, seconds: float) -> None:
    served, failed = (share.served, share.failed) if share.code < 400 else (0.0, share.served + share.failed)
    tally.requests += share.requests * seconds
    tally.served += served * seconds
    tally.failed += failed * seconds
    tally.latency_sum += share.latency * served * seconds


def _add_lost(tally: Tally, requests: float) -> None:
    tally.requests += requests
    tally.lost += requests


def _count(minute: dict[str, Counts], share: Share, seconds: float) -> None:
    counts = minute.setdefault(share.group, Counts())
    served = share.served * seconds
    counts.requests += share.requests * seconds
    counts.per_target += share.requests * seconds / share.target_count
    if served:
        counts.codes[share.code] = counts.codes.get(share.code, 0.0) + served
        counts.latency_sum += share.latency * served
        counts.fastest = min(counts.fastest or share.latency, share.latency)
        counts.slowest = max(counts.slowest, share.latency)
    if share.failed:
        own = minute.setdefault("", Counts())
        own.codes[share.error] = own.codes.get(share.error, 0.0) + share.failed * seconds


def by_hundreds(counts: Counts) -> dict[int, float]:
    """The responses by hundreds: 2 → how many answered 2XX."""
    hundreds: dict[int, float] = {}
    for code, number in counts.codes.items():
        hundreds[code // 100] = hundreds.get(code // 100, 0.0) + number
    return hundreds
