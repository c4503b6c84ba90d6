"""The load balancers at work: real requests carried to real targets, as an Application Load Balancer carries them.

Knows nothing about processes or how a task is started: a `Dial` gives a connection to a target's address and port.
"""

from dockyard.sandbox.balancer.application import Balancer
from dockyard.sandbox.balancer.upstream import Dial, nobody

__all__ = ["Balancer", "Dial", "nobody"]
