"""The neighbour: EC2, IAM, STS, S3 and Secrets Manager, answered by moto in this process, one world at a time.

Knows nothing about the simulated services, the journal or sockets. moto is imported at the first call that needs it (or
by `warm`), never with this package: it costs half a second and more. Whoever calls holds the one lock: moto has none.
"""

from dockyard.sandbox.moto.asked import Asked
from dockyard.sandbox.moto.warming import warm
from dockyard.sandbox.moto.worlds import MotoWorld

__all__ = ["Asked", "MotoWorld", "warm"]
