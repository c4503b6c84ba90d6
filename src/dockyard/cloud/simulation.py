"""One world that runs: an account, its neighbours, the simulated services, and the advance of time.

Knows nothing about protocols, signatures, journals or locks: whoever holds one calls it from one thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self, TypeVar

from dockyard.cloud.account import Account
from dockyard.cloud.clock import HOUR, MINUTE
from dockyard.cloud.neighbours import Neighbours
from dockyard.cloud.pricing import Item, bill
from dockyard.cloud.service import Request, Response, Service
from dockyard.errors import AwsError

Kind = TypeVar("Kind", bound=Service)
#: what was seen outside: names of a service's observations, and their members as JSON values
Seen = Sequence[tuple[str, dict[str, Any]]]

#: Settling gives up after so many simulated seconds.
SETTLE_AT_MOST = 15 * MINUTE


class Simulation:
    """A world: `call` it as AWS is called, `advance` it, `fork` its account."""

    #: service name → class, in the order in which `each_minute` visits them (measure first, then judge, then scale)
    kinds: ClassVar[dict[str, type[Service]]] = {}

    def __init__(self, account: Account, neighbours: Neighbours) -> None:
        self.account = account
        self.neighbours = neighbours
        self._services: dict[tuple[str, str], Service] = {}
        #: resources that did not get steady, not waited for again until a call changes something
        self._given_up: set[str] = set()

    def service(self, kind: type[Kind], region: str) -> Kind:
        """The service of this kind in a region."""
        found = self._services.get((kind.name, region))
        if found is None:
            found = self._services[(kind.name, region)] = kind(self, region)
        return found  # type: ignore[return-value]

    def call(self, service: str, operation: str, region: str, request: Request) -> Response:
        """Call an operation of a simulated service. Raises AwsError, also for one we do not simulate."""
        kind = self.kinds[service]
        method = kind.operations.get(operation)
        if method is None:
            raise not_simulated(service, operation, sorted(kind.operations))
        causes = self.account.causes
        causes.current = 0
        if reads(operation):
            with self._leaving_no_trace(region):
                return method(self.service(kind, region), request)
        causes.current = causes.note(self.account.clock.now, f"{operation} was called", 0)
        self._given_up.clear()
        response = method(self.service(kind, region), request)
        self._keep_minutes(region)
        return response

    def advance(self, seconds: float) -> None:
        """Let simulated time pass: everything the agenda holds until then happens, in order."""
        self.advance_to(self.account.clock.now + seconds)

    def advance_to(self, moment: float) -> None:
        """The same, up to a moment (seconds since 1970)."""
        self._run_until(moment, lambda: False)

    def settle(self, service: str, operation: str, region: str, request: Request) -> bool:
        """Before a describe call: run until what it asks for is steady. Returns whether anything happened."""
        method = self.kinds[service].operations.get(operation)
        steady_name = method.__dict__["settles"] if method else ""
        if not steady_name:
            return False
        instance = self.service(self.kinds[service], region)
        ask: Callable[[Request], bool] = getattr(instance, steady_name)
        mark = f"{service} {operation} {region} {sorted(request.items(), key=str)}"
        if mark in self._given_up:
            return False
        before = self._progress()
        with self._leaving_no_trace(region):
            steady = self._run_until(self.account.clock.now + SETTLE_AT_MOST, lambda: ask(request))
        if not steady:
            self._given_up.add(mark)
        return before != self._progress()

    def _progress(self) -> tuple[float, int, int]:
        """What differs whenever the agenda ran: entries of this very moment happen without time passing."""
        agenda = self.account.agenda
        return self.account.clock.now, agenda.written, len(agenda.entries)

    def bill(self) -> list[Item]:
        """What the account's use so far would cost on AWS."""
        seconds = dict(self.account.used)
        for region, kept in self.account.regions.items():
            for kind in (one for one in self.kinds.values() if one.name in kept):
                for meter, used in self.service(kind, region).in_use():
                    seconds[meter] = seconds.get(meter, 0.0) + used
        return bill(seconds)

    def dollars_per_hour(self) -> float:
        """What an hour of all that is in use right now would cost on AWS."""
        later = self.fork("an hour later", self.neighbours)
        later.account.clock.move_to(self.account.clock.now + HOUR)
        return sum(item.dollars for item in later.bill()) - sum(item.dollars for item in self.bill())

    def fork(self, name: str, neighbours: Neighbours) -> Self:
        """Another world that starts as a copy of this one; what happens there never reaches this one."""
        copy = type(self)(self.account.fork(name), neighbours)
        copy.forked()
        return copy

    def forked(self) -> None:
        """Tell every service that this world has just become a copy of another.

        By objects that are dropped again: a fork that nobody calls has no cycle, and goes when it is let go.
        """
        for region, kept in self.account.regions.items():
            for kind in self.kinds.values():
                if kind.name in kept:
                    kind(self, region).forked()

    def wake(self, what: str) -> None:
        """Tell every region that something outside the simulator changed (a route, a security group, a role)."""
        causes = self.account.causes
        causes.current = causes.note(self.account.clock.now, what, 0)
        self._given_up.clear()
        for region, kept in self.account.regions.items():
            for kind in self.kinds.values():
                if kind.name in kept:
                    self.service(kind, region).each_change()
            self._keep_minutes(region)

    def observe(self, service: str, region: str, seen: Seen) -> None:
        """Let a region's service know what was seen outside, in order."""
        self.account.causes.current = 0
        self._given_up.clear()
        instance = self.service(self.kinds[service], region)
        for what, told in seen:
            instance.observations[what](instance, **told)
        self._keep_minutes(region)

    def woken(self, region: str) -> None:
        """Keep a region's minutes running after something from outside (offered traffic) came to it."""
        self._given_up.clear()
        self._keep_minutes(region)

    @contextmanager
    def _leaving_no_trace(self, region: str) -> Iterator[None]:
        """To look at a service is not to touch it: records made within, which hold nothing, are dropped again."""
        known = set(self.account.regions.get(region, ()))
        try:
            yield
        finally:
            kept = self.account.regions.get(region, {})
            for name in [one for one in kept if one not in known and kept[one] == type(kept[one])()]:
                del kept[name]
            if not kept:
                self.account.regions.pop(region, None)

    def _run_until(self, end: float, done: Callable[[], bool]) -> bool:
        """Run the agenda until `done` or the moment `end`; returns whether it was done. Leaves the clock there."""
        account = self.account
        while not done():
            due = account.agenda.next_due()
            if due is None or due > end:
                account.clock.move_to(end)
                return done()
            moment = account.agenda.entries[0].due
            account.clock.move_to(max(moment, account.clock.now))
            while account.agenda.next_due() == moment:
                self._happen()
        return True

    def _happen(self) -> None:
        entry = self.account.agenda.take()
        self.account.causes.current = entry.cause
        if entry.service == "":
            self._minute(entry.region)
            return
        service = self.service(self.kinds[entry.service], entry.region)
        getattr(service, entry.effect)(*entry.arguments)
        self._keep_minutes(entry.region)

    def _minute(self, region: str) -> None:
        kept = self.account.regions[region]
        kept.pop("minutes", None)
        for kind in self.kinds.values():
            if kind.name in kept:
                self.account.causes.current = 0
                self.service(kind, region).each_minute()
        self._keep_minutes(region)

    def _keep_minutes(self, region: str) -> None:
        """Plan the next whole minute of a region when one of its services is live; an idle region costs nothing."""
        kept = self.account.regions.get(region)
        if kept is None or "minutes" in kept:
            return
        if any(self.service(kind, region).live() for kind in self.kinds.values() if kind.name in kept):
            due = (self.account.clock.now // MINUTE + 1) * MINUTE
            self.account.agenda.write(due, region, "", "minute")
            kept["minutes"] = due


def reads(operation: str) -> bool:
    """Whether an operation only reads, by AWS's naming."""
    return operation.startswith(("Describe", "Get", "List", "Filter", "BatchGet", "BatchCheck", "Head"))


def not_simulated(service: str, operation: str, known: list[Any]) -> AwsError:
    """The refusal of an operation we lack: the service's own unknown-operation error, with what is offered."""
    return AwsError(
        "UnknownOperationException",
        f"Dockyard does not simulate {operation} of {service} yet. It simulates: {', '.join(known)}.",
    )
