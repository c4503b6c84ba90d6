"""What a load balancer tells CloudWatch about a minute that has passed.

Knows nothing about how traffic flows: it reads what was counted.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from dockyard.cloud.clock import MINUTE
from dockyard.cloud.cloudwatch.service import CloudWatch
from dockyard.cloud.elbv2.metering import Metering, by_hundreds
from dockyard.cloud.elbv2.state import Counts, LoadBalancer, TargetGroup

NAMESPACE = "AWS/ApplicationELB"
Dimensions = dict[str, str]


class Metrics(Metering):
    """The metrics of a region's load balancers, each minute."""

    def each_minute(self) -> None:
        """Count what has flowed, put the minute's numbers to CloudWatch and start the next minute."""
        self.meter()
        served = [(self.serving(one.arn), one) for one in self.balancing.groups.values() if one.targets]
        for balancer in self.balancing.balancers.values():
            # A group whose last target left within the minute still has what that one answered.
            gone = (self.balancing.groups.get(arn) for arn in balancer.minute)
            groups = [group for found, group in served if found is balancer]
            groups += [group for group in gone if group and not group.targets]
            if not groups and not balancer.minute:
                continue
            self.account.causes.current = balancer.offer_cause
            self._publish(balancer, groups)
            balancer.minute = {}

    def live(self) -> bool:
        """Whether a target is registered or traffic is offered."""
        records = self.balancing
        if any(one.targets for one in records.groups.values()):
            return True
        return any(self.traffic.offered(one.name, self.now) or one.minute for one in records.balancers.values())

    def _publish(self, balancer: LoadBalancer, groups: list[TargetGroup]) -> None:
        whole = {"LoadBalancer": balancer.dimension}
        total = Counts()
        for group in groups:
            within = {**whole, "TargetGroup": group.dimension}
            counts = balancer.minute.get(group.arn) or Counts()
            if group.targets:
                self._put_hosts(group, within)
            self._put("RequestCountPerTarget", within, counts.per_target)
            self._put("RequestCountPerTarget", {"TargetGroup": group.dimension}, counts.per_target)
            self._put_counts(within, counts)
            _add(total, counts)
        if groups:
            self._put_counts(whole, total)
        own = balancer.minute.get("")
        if own is not None:
            self._put_own(whole, own)

    def _put_hosts(self, group: TargetGroup, dimensions: Dimensions) -> None:
        states = [one.health.state for one in group.targets.values()]
        self._put("HealthyHostCount", dimensions, states.count("healthy"))
        self._put("UnHealthyHostCount", dimensions, states.count("unhealthy"))

    def _put_counts(self, dimensions: Dimensions, counts: Counts) -> None:
        self._put("RequestCount", dimensions, counts.requests)
        answers = sum(counts.codes.values())
        if not answers:
            return
        for hundred, number in by_hundreds(counts).items():
            self._put(f"HTTPCode_Target_{hundred}XX_Count", dimensions, number)
        self.peer(CloudWatch).put(
            NAMESPACE,
            "TargetResponseTime",
            dimensions,
            counts.latency_sum,
            answers,
            counts.fastest,
            counts.slowest,
            "Seconds",
            self.now - MINUTE,
        )

    def _put_own(self, dimensions: Dimensions, own: Counts) -> None:
        for hundred, number in by_hundreds(own).items():
            if hundred >= 3:
                self._put(f"HTTPCode_ELB_{hundred}XX_Count", dimensions, number)
        for code, number in own.codes.items():
            if code in (500, 502, 503, 504):
                self._put(f"HTTPCode_ELB_{code}_Count", dimensions, number)

    def _put(self, name: str, dimensions: Dimensions, value: float) -> None:
        self.peer(CloudWatch).put(NAMESPACE, name, dimensions, value, 1, value, value, "Count", self.now - MINUTE)


def _add(total: Counts, counts: Counts) -> None:
    total.requests += counts.requests
    total.latency_sum += counts.latency_sum
    for code, number in counts.codes.items():
        total.codes[code] = total.codes.get(code, 0.0) + number
    if counts.codes:
        total.fastest = min(total.fastest or counts.fastest, counts.fastest)
        total.slowest = max(total.slowest, counts.slowest)
