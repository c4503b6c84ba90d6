"""Real requests that went through a load balancer: counted into its current minute, beside what is offered.

Knows nothing about who carried them: it is told, and a replay is told the same.
"""

from __future__ import annotations

from dockyard.cloud.clock import MINUTE
from dockyard.cloud.elbv2.metering import Metering
from dockyard.cloud.elbv2.state import Counts, LoadBalancer, Shape

#: Requests that come after so long a pause are told anew: simulated seconds.
PAUSE = 5 * MINUTE


class Carried(Metering):
    """What real clients asked for."""

    def carried(self, seen: list[Shape]) -> None:
        """Count real requests; a load balancer or a group that is gone meanwhile is passed over.

        `seen`: `{"balancer": ARN, "groups": {ARN: {"requests", "targets", "codes": {"200": n}, "latency": [sum, lowest,
        highest]}}, "own": {"502": n}}` for each load balancer: per group how many requests, over how many targets they
        went, what these answered and after how many seconds; `own` is what the load balancer answered itself. Whoever
        calls this calls the simulation's `woken` too.
        """
        for one in seen:
            balancer = self.balancing.balancers.get(one["balancer"])
            if balancer is not None:
                self._tell(balancer)
                for arn, group in one["groups"].items():
                    _add(balancer.minute.setdefault(arn, Counts()), group)
                if one["own"]:
                    _add_codes(balancer.minute.setdefault("", Counts()), one["own"])

    def _tell(self, balancer: LoadBalancer) -> None:
        """Real requests that begin are a cause, of which alarms and scaling may come."""
        if balancer.carried_at is None or self.now - balancer.carried_at >= PAUSE:
            self.account.causes.current = 0  # a client asked: nothing in here led to it
            balancer.offer_cause = self.note(f"real requests came to load balancer {balancer.name}")
        balancer.carried_at = self.now


def _add(counts: Counts, seen: Shape) -> None:
    counts.requests += seen["requests"]
    counts.per_target += seen["requests"] / max(seen["targets"], 1)
    _add_codes(counts, seen["codes"])
    if seen["codes"]:
        total, lowest, highest = seen["latency"]
        counts.latency_sum += total
        counts.fastest = min(counts.fastest or lowest, lowest)
        counts.slowest = max(counts.slowest, highest)


def _add_codes(counts: Counts, codes: dict[str, int]) -> None:
    for code, number in codes.items():
        counts.codes[int(code)] = counts.codes.get(int(code), 0.0) + number
