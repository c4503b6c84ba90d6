"""What a check needs of a cloud, as Protocols.

Knows nothing about who provides it: the sandbox's worlds, or a plain table in a test.
"""

from __future__ import annotations

from typing import Any, Protocol

from dockyard.grading.exercise import Exercise, Wish


class Images(Protocol):
    """What the learner's Docker engine holds. A reference is `name:tag` or a digest."""

    def tags(self) -> list[str]:
        """Every `name:tag`."""

    def digest(self, reference: str) -> str:
        """The digest of its manifest: what a registry calls it. Raises KeyError when there is no such image."""

    def configuration(self, reference: str) -> dict[str, Any]:
        """The image's OCI configuration. Raises KeyError when there is no such image."""

    def files(self, reference: str) -> dict[str, Any]:
        """Every path of the merged layers, with `size`, `mode`, `uid`, `gid`, `kind`, `layer`."""

    def layer_paths(self, reference: str) -> list[list[str]]:
        """The paths each layer holds, first layer first, also those that a later layer hides."""

    def layer_sizes(self, reference: str) -> list[int]:
        """The bytes that each layer stands for when it is unpacked, first layer first."""

    def read_file(self, reference: str, path: str) -> bytes | None:
        """A file's content, None when there is no such file."""

    def packages(self, reference: str) -> list[str]:
        """What pip was asked for while building: `flask==3.1.0`, `scikit-learn`."""

    def moved_packages(self, reference: str) -> dict[str, tuple[str, str]]:
        """Its build repeated once newer versions of all its packages have appeared, and nothing else has changed.

        By name, the version in the image and the one it would get; empty: the same packages, so the same image. Raises
        KeyError when there is no such image, JudgementError where it was not built here.
        """

    def failed_build(self, reference: str) -> str:
        """The engine's words, where the last build of this name failed: its image is an older one. "" where it did not.

        Like the next two, it knows of a build under this very name only, and nothing of one that was tagged or loaded.
        """

    def sent(self, reference: str) -> tuple[str, ...]:
        """The names at the top of the folder that the last build of this name was sent, less what it ignored."""

    def ignored_by(self, reference: str, path: str) -> str:
        """The line of .dockerignore that kept a path out of that build; "" where none is known."""

    def refused_load(self) -> str:
        """The engine's words, where the last `docker load` was refused; "" where it was not, or there was none."""

    def exercise(self, reference: str, wish: Wish) -> Exercise:
        """Run a container of the image, alone and as the image itself says, and do with it what is wished.

        Raises KeyError when there is no such image, JudgementError where this machine cannot run it.
        """


class World(Protocol):
    """A learner's cloud or a fork of it. Only a fork may be changed; the learner's own can only be read."""

    #: the region the learner works in, and the account's twelve digits
    region: str
    account_id: str
    images: Images

    def client(self, service: str, region: str | None = None, *, identity: str = "") -> Any:
        """A boto3 client of this world: of the learner's own it can only read, of a fork it can do everything.

        In a fork, `identity` (the ARN of a role or a user) makes it a client of theirs, who may do what IAM lets them,
        whomever the role's trust policy names. Raises KeyError when there is no such role or user.
        """

    def fork(self, name: str) -> World:
        """A copy to try things in; it is thrown away when nobody holds it any more."""

    def advance(self, seconds: float) -> None:
        """Let simulated time pass (in a fork only)."""

    def traffic(
        self, load_balancer: str, requests_per_second: float, cpu_ms: float, seconds: float, lasts: float = 0.0
    ) -> None:
        """Offer load to a load balancer, by name, from now on (in a fork only).

        A request costs `cpu_ms` milliseconds of one vCPU and is in flight for `lasts` seconds beside.
        """

    def now(self) -> float:
        """Simulated seconds since 1970."""

    def refusals(self, service: str, operation: str, standing: bool = False) -> list[str]:
        """The refusals of this operation that the learner met, latest first: `Code: message`, as AWS said it.

        `standing`: only those met since the operation was last granted: what was refused before explains nothing now.
        """

    def state(self) -> dict[str, Any]:
        """The simulated services' records as JSON values."""

    def records(self, service: str) -> dict[str, Any]:
        """Those of one simulated service in `region` alone, as `state` has them: `ecs`, `elbv2`, …"""

    def happened(self, what: str) -> list[tuple[float, str]]:
        """Moment and text of the happenings whose text contains `what`, latest first; the last 4000 are remembered."""

    def why(self, what: str) -> list[str]:
        """The chain of causes behind the latest happening whose text contains `what`, latest first."""
