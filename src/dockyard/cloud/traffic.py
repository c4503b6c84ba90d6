"""Offered load and what it does: requests become CPU, latency and errors.

Knows nothing about load balancers or tasks: it is told how much CPU stands behind each target. Traffic is a value: the
same offer can be given to several worlds at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dockyard.cloud.account import Account

#: The balancer's idle time-out: nobody waits longer (the Application Load Balancer guide).
TIMEOUT_SECONDS = 60.0


@dataclass(slots=True, frozen=True)
class Offer:
    """Requests a second offered to a load balancer until the moment `until`; each costs `cpu_ms` of one vCPU.

    They ask for `path`; "" is a path that every server answers with 200. Each `lasts` so many seconds beside its CPU.
    """

    load_balancer: str
    requests_per_second: float
    cpu_ms: float
    until: float
    path: str = ""
    lasts: float = 0.0


@dataclass(slots=True)
class Traffic:
    """The offers of one region, by the load balancer's name."""

    offers: dict[str, Offer] = field(default_factory=dict)

    @classmethod
    def of(cls, account: Account, region: str) -> Traffic:
        """The traffic of a region, made at the first touch."""
        kept = account.regions.setdefault(region, {})
        traffic: Traffic = kept.setdefault("traffic", cls())
        return traffic

    def offered(self, load_balancer: str, now: float) -> Offer | None:
        """What is offered to this load balancer at the moment."""
        offer = self.offers.get(load_balancer)
        return offer if offer and offer.until > now and offer.requests_per_second > 0 else None


def offered_until(account: Account) -> float:
    """The moment until which anything is offered to anybody in any region; 0 when nothing is."""
    found = (kept["traffic"] for kept in account.regions.values() if "traffic" in kept)
    offers = (offer for traffic in found for offer in traffic.offers.values() if offer.requests_per_second > 0)
    return max((offer.until for offer in offers), default=0.0)


@dataclass(slots=True, frozen=True)
class Flow:
    """What one target makes of its share: requests a second served and failed, its CPU (0 to 1), seconds a request."""

    served: float
    failed: float
    utilisation: float
    latency: float


def flow(requests_per_second: float, cpu_ms: float, vcpus: float) -> Flow:
    """One target's share of traffic as an M/M/1 queue with a time-out: beyond its capacity the rest fails.

    A request costs `cpu_ms` milliseconds of one vCPU, so 30/s × 20 ms on 1 vCPU is 60 %.
    """
    need = requests_per_second * cpu_ms / 1000.0
    if need <= 0 or vcpus <= 0:
        return Flow(0.0 if vcpus <= 0 else requests_per_second, requests_per_second if vcpus <= 0 else 0.0, 0.0, 0.0)
    load = need / vcpus
    served = requests_per_second if load <= 1 else requests_per_second / load
    service_time = cpu_ms / 1000.0 / min(vcpus, 1.0)
    latency = TIMEOUT_SECONDS if load >= 1 else min(TIMEOUT_SECONDS, service_time / (1 - load))
    return Flow(served, requests_per_second - served, min(load, 1.0), latency)
