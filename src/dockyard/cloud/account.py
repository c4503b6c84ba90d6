"""One learner's cloud as a value: clock, agenda, identifiers, causes and the records of every service.

Knows nothing about how a service works: records are plain dataclasses kept by region and service. A fork is a copy.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import pickle
import uuid
from array import array
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dockyard.cloud.agenda import Agenda
from dockyard.cloud.clock import Clock, iso

#: So many causes are kept; older ones are forgotten, as CloudTrail's console forgets after 90 days.
CAUSES_KEPT = 4000


@dataclass(slots=True)
class Identifiers:
    """Identifiers drawn from a seed: the same seed and the same draws give the same names, in any process."""

    seed: str
    drawn: int = 0

    def hex(self, digits: int) -> str:
        """The next identifier, so many hexadecimal digits long (at most 64)."""
        self.drawn += 1
        return hashlib.sha256(f"{self.seed}:{self.drawn}".encode()).hexdigest()[:digits]

    def uuid(self) -> str:
        """The next identifier in the form of a UUID (version 4)."""
        return str(uuid.UUID(self.hex(32), version=4))

    def number(self, below: int) -> int:
        """The next number in [0, below)."""
        return int(self.hex(12), 16) % below


class Cause(NamedTuple):
    """What happened at a moment, and the number of the cause behind it (0: nothing before it).

    A tuple, because thousands of them are copied with every fork.
    """

    at: float
    what: str
    because: int = 0


@dataclass(slots=True)
class Causes:
    """The chain of what led to what; `current` is the cause of whatever happens now."""

    kept: dict[int, Cause] = field(default_factory=dict)
    noted: int = 0
    current: int = 0

    def note(self, at: float, what: str, because: int | None = None) -> int:
        """Record that `what` happened because of cause `because` (the current one unless told); returns its number."""
        self.noted += 1
        self.kept[self.noted] = Cause(at, what, self.current if because is None else because)
        self.kept.pop(self.noted - CAUSES_KEPT, None)
        return self.noted

    def chain(self, number: int) -> list[Cause]:
        """The cause with this number and what led to it, latest first."""
        found = []
        while (cause := self.kept.get(number)) is not None:
            found.append(cause)
            number = cause.because
        return found


@dataclass(slots=True)
class Account:
    """An account: `regions[region][service]` holds a service's records; IAM and the like live with the neighbour.

    `registry` is the host and port in its repositories' URIs, a fact of birth; `used` the seconds on each meter of
    what is no longer in use (`pricing`).
    """

    id: str
    clock: Clock
    identifiers: Identifiers
    registry: str = "127.0.0.1:4566"
    agenda: Agenda = field(default_factory=Agenda)
    causes: Causes = field(default_factory=Causes)
    regions: dict[str, dict[str, Any]] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)

    @classmethod
    def born(cls, account_id: str, seed: str, start: float) -> Account:
        """A fresh account whose clock stands at `start` (seconds since 1970)."""
        return cls(account_id, Clock(start), Identifiers(seed))

    def frozen(self) -> bytes:
        """This account as bytes (a cache: only this version of Dockyard can read them)."""
        return pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL)

    @staticmethod
    def thawed(data: bytes) -> Account:
        """The account that `frozen` wrote."""
        account: Account = pickle.loads(data)
        return account

    def fork(self, name: str) -> Account:
        """A copy that shares nothing with this account and draws other identifiers from here on."""
        copy = Account.thawed(self.frozen())
        copy.identifiers.seed = f"{copy.identifiers.seed}/{name}"
        return copy

    def described(self) -> dict[str, Any]:
        """The account as plain JSON values in a stable order: equal accounts give equal texts."""
        return {
            "account": self.id,
            "now": iso(self.clock.now),
            "regions": {name: found for name in sorted(self.regions) if (found := touched(self.regions[name]))},
            "agenda": [plain(entry) for entry in sorted(self.agenda.entries)],
            "drawn": self.identifiers.drawn,
        }


def touched(kept: dict[str, Any]) -> dict[str, Any]:
    """A region's records as JSON values, without those that hold nothing: to look at a service is not to change it."""
    return {name: plain(kept[name]) for name in sorted(kept) if kept[name] != type(kept[name])()}


@functools.cache
def _members(record: type) -> tuple[str, ...]:
    """The names of what a dataclass holds, sorted."""
    return tuple(sorted(one.name for one in dataclasses.fields(record)))


def plain(value: Any) -> Any:
    """A record as JSON values: dataclasses and mappings become objects sorted by name, sets become sorted lists."""
    if value is None or isinstance(value, str | int | float):  # most are, and a check looks at all of them
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _members(type(value))}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, dict):
        return {str(key): plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, set | frozenset):
        return sorted((plain(one) for one in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, bytes | array):
        return f"sha256:{hashlib.sha256(value).hexdigest()}"
    return value
