"""What every simulated service shares: an API call is a method, and so is what the agenda does later.

Knows nothing about any one service, about protocols or about who calls. An `@operation` method takes the request as
botocore shapes it (a dict; timestamps as seconds since 1970) and returns the response in the same shape; it refuses by
raising `AwsError`. An `@effect` method is what an agenda entry names, an `@observation` what a runtime may report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from dockyard.cloud.account import Account
    from dockyard.cloud.neighbours import Neighbours
    from dockyard.cloud.simulation import Simulation

Request = dict[str, Any]
Response = dict[str, Any]
#: meters of `pricing`, and seconds on them
Meters = Iterable[tuple[str, float]]
Method = TypeVar("Method", bound=Callable[..., Any])
Peer = TypeVar("Peer", bound="Service")


def operation(name: str, *, settles: str = "") -> Callable[[Method], Method]:
    """Mark a method as the API operation `name`; `settles` names the method that says what is steady."""

    def mark(method: Method) -> Method:
        method.__dict__["operation"] = name
        method.__dict__["settles"] = settles
        return method

    return mark


def effect(method: Method) -> Method:
    """Mark a method as one that the agenda may call."""
    method.__dict__["effect"] = True
    return method


def observation(method: Method) -> Method:
    """Mark a method as one that takes, as JSON values, what was seen outside; it must bear what came too late."""
    method.__dict__["observation"] = True
    return method


class Service:
    """One simulated service in one region of one world. The object holds nothing: its records are in the account."""

    name: ClassVar[str]
    #: the name before the service's actions in IAM policies and in ARNs: `ecs`, `elasticloadbalancing`, …
    prefix: ClassVar[str]
    #: makes the service's empty records: a dataclass
    state_type: ClassVar[type]
    operations: ClassVar[dict[str, Callable[..., Response]]]
    observations: ClassVar[dict[str, Callable[..., None]]]

    def __init_subclass__(cls) -> None:
        cls.operations, cls.observations = {}, {}
        for base in reversed(cls.__mro__):
            for name, method in vars(base).items():
                marks = getattr(method, "__dict__", {})
                if "operation" in marks:
                    cls.operations[method.operation] = method
                if "observation" in marks:
                    cls.observations[name] = method

    def __init__(self, simulation: Simulation, region: str) -> None:
        self.simulation = simulation
        self.region = region

    @property
    def account(self) -> Account:
        """The account this service belongs to."""
        return self.simulation.account

    @property
    def neighbours(self) -> Neighbours:
        """Who answers questions about EC2 and IAM."""
        return self.simulation.neighbours

    @property
    def now(self) -> float:
        """Simulated seconds since 1970."""
        return self.simulation.account.clock.now

    @property
    def records(self) -> Any:
        """This service's records in this region, made at the first touch."""
        try:  # half a million times in a busy day
            return self.simulation.account.regions[self.region][self.name]
        except KeyError:
            return self.account.regions.setdefault(self.region, {}).setdefault(self.name, self.state_type())

    def peer(self, kind: type[Peer]) -> Peer:
        """Another simulated service of the same region."""
        return self.simulation.service(kind, self.region)

    def plan(self, seconds: float, name: str, *arguments: str | int | float, service: str = "") -> None:
        """Plan an effect (of this service unless told) for `seconds` from now; it carries the current cause."""
        due = self.now + seconds
        causes = self.account.causes
        self.account.agenda.write(due, self.region, service or self.name, name, *arguments, cause=causes.current)

    def note(self, what: str) -> int:
        """Record a cause: `what` happened now because of what is happening; it is the current cause from here on."""
        causes = self.account.causes
        causes.current = causes.note(self.now, what)
        return causes.current

    def arn(self, resource: str) -> str:
        """The ARN of a resource of this service in this account and region."""
        return f"arn:aws:{self.prefix}:{self.region}:{self.account.id}:{resource}"

    def spend(self, meters: Meters) -> None:
        """Put seconds on the account's meters for something that is in use no longer."""
        used = self.account.used
        for meter, seconds in meters:
            used[meter] = used.get(meter, 0.0) + seconds

    def in_use(self) -> Meters:
        """The meters of what is in use, and the seconds on them so far."""
        return ()

    def each_minute(self) -> None:
        """Called at every whole simulated minute while some service of the region is live."""

    def each_change(self) -> None:
        """Called when a neighbour changed something this service may depend on (a route, a rule, a role)."""

    def forked(self) -> None:
        """Called when this world has just become a copy of another."""

    def live(self) -> bool:
        """Whether this service needs `each_minute` (something runs, an alarm watches)."""
        return False
