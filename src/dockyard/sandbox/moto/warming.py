"""moto loaded before somebody needs it: a rehearsal of a call a service, in a world of nobody's.

Knows nothing about learners' worlds.
"""

from __future__ import annotations

from collections.abc import Sequence

from dockyard.sandbox.moto.worlds import MotoWorld
from dockyard.sandbox.scope import ALGORITHM

__all__ = ["warm"]

#: A call a service that makes moto load what its calls need.
_REHEARSALS = {
    "ec2": "Action=DescribeVpcs&Version=2016-11-15",
    "iam": "Action=ListRoles&Version=2010-05-08",
    "sts": "Action=GetCallerIdentity&Version=2011-06-15",
}


def warm(services: Sequence[str] = tuple(_REHEARSALS)) -> None:
    """Load moto and what its services need, in a world of nobody's. May run in a thread beside the one lock's holder:
    moto's own lock keeps the two apart, so a call waits for one rehearsal at most (and for the import).
    """
    nobody = MotoWorld("000000000000")
    for service in services:
        scope = (
            f"{ALGORITHM} Credential={nobody.access_key}/20000101/us-east-1/{service}/aws4_request, SignedHeaders=host"
        )
        headers = {"content-type": "application/x-www-form-urlencoded", "authorization": scope}
        nobody.call("POST", "/", "", headers, _REHEARSALS[service].encode(), now=0.0, seed="")
