"""The world as a check sees it: boto3 clients that call it directly, forks to try things in, images to look into.

Knows nothing about verdicts. Clients never open a socket: their requests are answered before they would be sent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from dockyard.cloud.account import plain
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.containers.images import Image
from dockyard.containers.images import Images as EngineImages
from dockyard.containers.rebuilding import moved_packages
from dockyard.errors import AwsError, JudgementError
from dockyard.grading.exercise import Exercise, Wish
from dockyard.grading.world import Images
from dockyard.sandbox import wire
from dockyard.sandbox.direct import NOBODYS_KEY, direct_client
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.iam.principals import administrator
from dockyard.sandbox.localstack import VARIABLE, LocalStack, only_reads
from dockyard.sandbox.worlds import World


class Refusals(Protocol):
    """The refusals the learner met, as `World.refusals` has them."""

    def __call__(self, service: str, operation: str, standing: bool = False) -> list[str]:
        """Those of an operation, latest first."""


class CheckWorld:
    """`dockyard.grading.World` over a world of this process; the learner's own (`own=True`) can only be read."""

    def __init__(
        self,
        world: World,
        region: str,
        images: Images,
        lock: threading.RLock,
        refusals: Refusals,
        *,
        own: bool,
        localstack: LocalStack | None = None,
    ) -> None:
        self.region = region
        self.account_id = world.account.id
        self.refusals = refusals
        self.images = images
        self._world = world
        self._lock = lock
        self._own = own
        self._localstack = localstack
        self._calls = 0
        self._clients: dict[tuple[str, str, str], Any] = {}

    def client(self, service: str, region: str | None = None, *, identity: str = "") -> Any:
        """A boto3-like client of this world, as the learner's own user or (in a fork) under another identity."""
        key = (service, region or self.region, identity)
        if key not in self._clients:
            access_key = self._key_of(identity) if identity else NOBODYS_KEY
            self._clients[key] = direct_client(*key[:2], self._answer, access_key)
        return self._clients[key]

    def fork(self, name: str) -> CheckWorld:
        """A copy to try things in."""
        with self._lock:
            forked = self._world.fork(name)
        return CheckWorld(
            forked, self.region, self.images, self._lock, self.refusals, own=False, localstack=self._localstack
        )

    def advance(self, seconds: float) -> None:
        """Let simulated time pass; in the learner's own world a check may not."""
        self._only_in_fork("advance the clock")
        with self._lock:
            self._world.cloud.advance(seconds)

    def traffic(
        self, load_balancer: str, requests_per_second: float, cpu_ms: float, seconds: float, lasts: float = 0.0
    ) -> None:
        """Offer load to a load balancer, by name."""
        self._only_in_fork("offer traffic")
        with self._lock:
            balancing = self._world.cloud.service(ElasticLoadBalancing, self.region)
            balancing.offer(load_balancer, requests_per_second, cpu_ms, seconds, lasts=lasts)
            self._world.cloud.woken(self.region)

    def now(self) -> float:
        """Simulated seconds since 1970."""
        return self._world.account.clock.now

    def state(self) -> dict[str, Any]:
        """The records as JSON values."""
        with self._lock:
            return self._world.described()

    def records(self, service: str) -> dict[str, Any]:
        """The records of one service as JSON values."""
        with self._lock:
            kept: dict[str, Any] = plain(self._world.account.regions[self.region][service])
            return kept

    def happened(self, what: str) -> list[tuple[float, str]]:
        """Moment and text of the happenings whose text contains `what`, latest first."""
        kept = self._world.account.causes.kept
        return [(one.at, one.what) for one in reversed(kept.values()) if what in one.what]

    def why(self, what: str) -> list[str]:
        """The chain of causes behind the latest happening whose text contains `what`."""
        causes = self._world.account.causes
        found = max((number for number, one in causes.kept.items() if what in one.what), default=0)
        return [one.what for one in causes.chain(found)]

    def _key_of(self, identity: str) -> str:
        """An access key of a user, or of a session of a role, whatever its trust policy says."""
        self._only_in_fork("act as somebody else")
        with self._lock:
            self._calls += 1
            seed = f"{identity}:check:{self._calls}"
            return self._world.moto.access_key_of(identity, now=self.now(), seed=seed, wall=time.time())

    def _only_in_fork(self, what: str) -> None:
        if self._own:
            raise PermissionError(f"a check may not {what} in the learner's own cloud: fork it first")

    def _answer(self, http: HttpRequest) -> HttpResponse:
        call = wire.recognise(http.method, http.path, http.query, http.headers, http.body)
        if self._localstack is not None and self._localstack.answers(call.service):
            return self._from_outside(self._localstack, call, http)
        with self._lock:
            self._calls += 1
            seed = f"{self._world.account.identifiers.seed}:check:{self._calls}"
            return self._world.handle(
                call, http, seed=seed, wall=time.time(), principal=self._who(call.access_key), changes=not self._own
            ).response

    def _who(self, access_key: str) -> str:
        issued = None if access_key == NOBODYS_KEY else self._world.moto.secret(access_key)
        return issued.principal_arn if issued else administrator(self.account_id)

    def _from_outside(self, localstack: LocalStack, call: wire.Call, http: HttpRequest) -> HttpResponse:
        """LocalStack has no forks: there a check may look at what the learner has, and try nothing."""
        if not (self._own and only_reads(call)):
            raise JudgementError(
                f"LocalStack answers {call.service} here, and what {call.operation or http.method} would do there "
                "cannot be tried without doing it.",
                next_step=f"Judge this step in a sandbox that runs without {VARIABLE}.",
            )
        try:
            return localstack.answer(call, http, self.account_id)
        except AwsError as error:
            raise JudgementError(error.message) from error


class LearnersImages:
    """`dockyard.grading.Images` over the engine's images."""

    def __init__(self, images: EngineImages, exercise: Callable[[str, Wish], Exercise]) -> None:
        self._images = images
        self._exercise = exercise

    def tags(self) -> list[str]:
        """Every `name:tag`."""
        return self._images.tags()

    def configuration(self, reference: str) -> dict[str, Any]:
        """The OCI configuration. Raises KeyError when there is no such image."""
        return self._image(reference).configuration

    def files(self, reference: str) -> dict[str, Any]:
        """Every path of the merged layers."""
        return {
            path: {"size": one.size, "mode": one.mode, "uid": one.uid, "gid": one.gid, "layer": one.layer_index,
                   "kind": one.kind}
            for path, one in self._image(reference).files().items()
        }  # fmt: skip

    def layer_paths(self, reference: str) -> list[list[str]]:
        """The paths of each layer."""
        image = self._image(reference)
        return [sorted(image.layer_files(number)) for number in range(len(image.layers))]

    def layer_sizes(self, reference: str) -> list[int]:
        """The bytes of each layer, as `docker history` shows them."""
        return [one.shown_size for one in self._image(reference).layers]

    def read_file(self, reference: str, path: str) -> bytes | None:
        """A file's content."""
        return self._image(reference).read_file(path)

    def packages(self, reference: str) -> list[str]:
        """What pip was asked for."""
        return self._image(reference).packages()

    def moved_packages(self, reference: str) -> dict[str, tuple[str, str]]:
        """What another day's build would move."""
        image, distributions = self._image(reference), self._images.distributions
        if distributions is None or (image.packages() and not image.answered()):
            raise JudgementError(
                f"How the image {reference} was built is not known here.", next_step="Build it again in this sandbox."
            )
        return moved_packages(image, distributions)

    def failed_build(self, reference: str) -> str:
        """In which words the last build of this name failed."""
        return self._images.table.last_build(reference).failed

    def sent(self, reference: str) -> tuple[str, ...]:
        """What the last build of this name was sent."""
        return self._images.table.last_build(reference).sent

    def ignored_by(self, reference: str, path: str) -> str:
        """The line of .dockerignore that kept a path out of it."""
        return self._images.table.last_build(reference).ignored_by(path)

    def refused_load(self) -> str:
        """In which words the last load was refused."""
        return self._images.table.refused_load

    def exercise(self, reference: str, wish: Wish) -> Exercise:
        """What a container of it does."""
        return self._exercise(self._image(reference).id, wish)

    def digest(self, reference: str) -> str:
        """The manifest's digest."""
        return self._image(reference).digest

    def _image(self, reference: str) -> Image:
        found = self._images.local(reference)
        if found is None:
            raise KeyError(reference)
        return found
