"""Whose turn it is: the next target group of a weighted forward, and the next target of a group.

Knows nothing about health: it chooses among those that may get requests. Nothing is drawn by chance, so that three
requests to three targets reach all three.
"""

from __future__ import annotations

from collections import Counter

from dockyard.cloud.elbv2.entrance import Pool, Spot

#: Weights in the order of the action: (ARN, weight).
Weights = tuple[tuple[str, int], ...]


class Turns:
    """Smooth weighted turns among groups; round robin, or the least busy, among targets."""

    def __init__(self) -> None:
        self._owed: dict[Weights, Counter[str]] = {}
        self._next: Counter[str] = Counter()
        self.running: Counter[tuple[str, int]] = Counter()

    def group(self, weights: Weights) -> str:
        """The group that gets the next request: each as often as its weight says, evenly mixed. "" where all are 0."""
        total = sum(weight for _, weight in weights)
        if len(weights) == 1 or not total:
            return weights[0][0] if total else ""
        owed = self._owed.setdefault(weights, Counter())
        for arn, weight in weights:
            owed[arn] += weight
        chosen = max((arn for arn, weight in weights if weight), key=owed.__getitem__)
        owed[chosen] -= total
        return chosen

    def target(self, pool: Pool) -> Spot | None:
        """The target that gets the group's next request, None where there is none."""
        if not pool.spots:
            return None
        turn = self._next[pool.arn] = (self._next[pool.arn] + 1) % 1_000_000_007
        spots = pool.spots[turn % len(pool.spots) :] + pool.spots[: turn % len(pool.spots)]
        if pool.attributes.get("load_balancing.algorithm.type") == "least_outstanding_requests":
            return min(spots, key=lambda one: self.running[one.address, one.port])
        return spots[0]
