"""Which entrance a request meets: asked of the account under the lock, and kept until the account changes.

Knows nothing about HTTP.
"""

from __future__ import annotations

from dockyard.cloud.elbv2.entrance import Entrance, entrance
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.elbv2.state import LoadBalancer
from dockyard.sandbox.host import Host
from dockyard.sandbox.learner import Learner

#: What an account looks like from outside: its world, and how much was written about it.
_Edition = tuple[int, int]


class Entrances:
    """The entrances of every account that a host serves, by a load balancer's name (or DNS name) and port."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._edition: tuple[_Edition, ...] = ()
        self._known: dict[tuple[str, int], tuple[Learner, Entrance] | None] = {}

    def at(self, name: str, port: int) -> tuple[Learner, Entrance] | None:
        """The entrance and whose it is, None where there is no load balancer of this name; port 0: the first."""
        edition = tuple((id(one.world), one.journal.lines) for one in self._host.learners.values())
        if edition != self._edition:
            self._edition, self._known = edition, {}
        asked = (name, port)
        if asked not in self._known:
            self._known[asked] = self._ask(name, port)
        return self._known[asked]

    def names(self) -> list[str]:
        """The DNS names of all load balancers."""
        with self._host.lock:
            found = (it for one in self._host.learners.values() for elb in _balancing(one) for it in _balancers(elb))
            return sorted(one.dns_name for one in found)

    def _ask(self, name: str, port: int) -> tuple[Learner, Entrance] | None:
        with self._host.lock:
            for learner in self._host.learners.values():
                for balancing in _balancing(learner):
                    if (found := balancing.balancer_called(name)) is not None:
                        return learner, entrance(balancing, found, port)
        return None


def _balancing(learner: Learner) -> list[ElasticLoadBalancing]:
    """Elastic Load Balancing in every region that has any; to look must not make records."""
    world = learner.world
    regions = [name for name, kept in world.account.regions.items() if "elbv2" in kept]
    return [world.cloud.service(ElasticLoadBalancing, region) for region in regions]


def _balancers(balancing: ElasticLoadBalancing) -> list[LoadBalancer]:
    return list(balancing.balancing.balancers.values())
