"""One learner's account in this process: its world, its journal, its snapshots, and everything that may change it.

Knows nothing about HTTP routes or who is let in. Every change goes through the journal; replay runs the same changes.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dockyard.cloud.clock import MINUTE, iso
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.containers.table import ImageTable, no_images
from dockyard.errors import AwsError, SandboxError
from dockyard.sandbox import wire
from dockyard.sandbox.birth import Birth, Secrets
from dockyard.sandbox.folder import unusable
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.iam.refusals import AccessDeniedError
from dockyard.sandbox.journal import Journal
from dockyard.sandbox.marks import Kept, is_mark, mark_of
from dockyard.sandbox.replay import again
from dockyard.sandbox.snapshot_file import Saved, SnapshotFile
from dockyard.sandbox.worlds import FAULT, Handled, World

if TYPE_CHECKING:
    from dockyard.cloud.simulation import Seen
    from dockyard.sandbox.localstack import Observation

#: A snapshot is written after so many lines or simulated minutes: what is left to replay stays a fraction of a second.
LINES_TO_REPLAY, MINUTES_TO_REPLAY = 200, 720
#: Headers that decide how a request is read; no other is kept, above all no Authorization.
KEPT_HEADERS = ("content-type", "x-amz-target", "host", "content-md5", "x-amz-copy-source", "x-amz-acl", "range")


_log = logging.getLogger(__name__)


class Learner:
    """An account, its journal, its snapshots and its engine's images.

    `settles`: whether a describe call lets time pass until what it asks for is steady (on the stepped clock it does).
    """

    def __init__(self, folder: Path, birth: Birth, secrets: Secrets, journal: Journal, world: World) -> None:
        self.folder = folder
        self.birth = birth
        self.secrets = secrets
        self.journal = journal
        self.world = world
        self.snapshots: dict[str, Kept] = {}
        self.images = ImageTable(folder / "images.json", now=time.time)
        self.settles = True
        #: told the moment to which time is about to move: what was seen until now must be written down before
        self.before_time: list[Callable[[float], None]] = []
        #: called before a check looks: what was seen and is not told yet is told now
        self.before_looks: list[Callable[[], None]] = []
        #: how often the account went back to a snapshot or to its birth, and the images it had to have then
        self._returns: tuple[int, dict[str, Any] | None] = (0, None)
        self._file = SnapshotFile(folder)
        self._saved = (journal.lines, world.account.clock.now)

    @classmethod
    def open(cls, folder: Path, *, seed: str, start: float, port: int) -> Learner:
        """The account kept in the folder, or a new one. Raises SandboxError when the folder cannot be used."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            journal = Journal(folder)
        except OSError as error:
            raise unusable(folder, error) from error
        try:
            return cls._read(journal) if journal.lines else cls._born(journal, Birth.now(seed, start, port))
        except BaseException:
            journal.close()
            raise

    @classmethod
    def _born(cls, journal: Journal, birth: Birth) -> Learner:
        """A new account. Its secrets are there before its birth is: a cut between the two leaves no account."""
        secrets = Secrets.drawn()
        try:
            secrets.write(journal.folder)
        except OSError as error:
            raise unusable(journal.folder, error) from error
        journal.write(birth.line())
        learner = cls(journal.folder, birth, secrets, journal, World.born(birth))
        if learner.images.images:
            learner.images.become(0, no_images())  # an account's that was here before
        return learner

    @classmethod
    def _read(cls, journal: Journal) -> Learner:
        """The account that a journal tells."""
        birth = Birth.read(next(iter(journal.read())), journal.folder)
        learner = cls(journal.folder, birth, Secrets.read(journal.folder), journal, World.born(birth))
        learner._recover()
        learner._put_images_back()
        return learner

    def save(self) -> None:
        """Write the snapshot that lets the next start skip the replay."""
        self._saved = (self.journal.lines, self.world.account.clock.now)
        self._file.write(Saved(self.journal.lines, self.world, self.snapshots, self._returns))

    def save_if_due(self) -> None:
        """Save where much came since the last time; not in the midst of a change, whose line is not written yet."""
        lines, now = self._saved
        minutes = abs(self.world.account.clock.now - now) / MINUTE
        if self.journal.lines - lines >= LINES_TO_REPLAY or minutes >= MINUTES_TO_REPLAY:
            self.save()

    def answer(
        self, call: wire.Call, http: HttpRequest, principal: str, result: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer a call that was let in, and write it down; `result` is given where the host has the answer."""
        seed = self._seed()
        handled = self.world.handle(
            call, http, seed=seed, wall=time.time(), principal=principal, settles=self.settles, result=result
        )
        try:
            if handled.settled_until is not None:
                self._write("advance", until=handled.settled_until, outcome=handled.outcome)
            self._write_call(call, http, handled, principal)
        except SandboxError as error:
            return self.world.refused(call, AwsError("ServiceUnavailable", str(error), status=503), seed)
        self.save_if_due()
        return handled.response

    def refusal(self, call: wire.Call, principal: str) -> AwsError | None:
        """IAM's refusal of a call that LocalStack would answer, None where the principal may make it."""
        try:
            self.world.authorization.check(call, {}, principal)
        except AccessDeniedError as error:
            return error
        return None

    def observe(self, call: wire.Call, http: HttpRequest, principal: str, seen: Observation) -> HttpResponse:
        """Write down what LocalStack answered to a call that was let in, and answer it."""
        refused = self.world.refused(call, seen.refusal, self._seed()) if seen.refusal else None
        answer = refused or seen.answer
        try:
            if seen.changed:
                self.world.observe(seen.operation, call.region, seen.secrets)
            members: dict[str, Any] = {"message": seen.refusal.message} if seen.refusal else {}
            if seen.changed:
                members["changed"] = {"secrets": seen.secrets}
            said = {"status": answer.status, "headers": answer.headers, "body": self._kept(answer.body)}
            self._write(
                "observation", service=call.service, region=call.region, operation=seen.operation,
                outcome=seen.outcome, principal=principal, **members, http={**self._sent(http), "answer": said},
            )  # fmt: skip
        except SandboxError as error:
            return self.world.refused(call, AwsError("ServiceUnavailable", str(error), status=503), self._seed())
        self.save_if_due()
        return answer

    def witness(self, region: str, seen: Seen) -> None:
        """What a runtime saw of images and containers in a region becomes part of the account, and is written down."""
        outcome = FAULT
        try:
            self.world.cloud.observe("ecs", region, seen)
            outcome = "ok"
        finally:
            self._write("observation", service="ecs", region=region, seen=seen, outcome=outcome)
            self.save_if_due()

    def ask(self, service: str, operation: str, region: str, request: dict[str, Any], principal: str) -> dict[str, Any]:
        """Call an operation of a simulated service on behalf of `principal` (the registry does). Raises AwsError."""
        outcome = "ok"
        try:
            return self.world.cloud.call(service, operation, region, request)
        except AwsError as error:
            outcome = error.code
            raise
        finally:
            self._write(
                "call", service=service, region=region, operation=operation, request=request, outcome=outcome,
                principal=principal, cause=self.world.account.causes.current,
            )  # fmt: skip

    def let_in(self, principal: str, region: str, action: str, repository: str) -> None:
        """Refuse an action of ECR that a principal may not do on a repository (the registry asks). Raises AwsError."""
        try:
            self.world.authorization.check_action(principal, region, action, repository)
        except AccessDeniedError as error:
            self._write(
                "call", service="ecr", region=region, operation=action.partition(":")[2], outcome=error.code,
                request={"repositoryName": repository}, principal=principal, message=error.message, denied=True,
                cause=self.world.account.causes.current,
            )  # fmt: skip
            raise

    def advance(self, seconds: float) -> None:
        """Let simulated time pass."""
        self.advance_to(self.world.account.clock.now + seconds)

    def advance_to(self, until: float) -> None:
        """The same, up to a moment."""
        for tell in self.before_time:
            tell(until)
        outcome = FAULT
        try:
            self.world.cloud.advance_to(until)
            outcome = "ok"
        finally:
            self._write("advance", until=until, outcome=outcome)
            self.save_if_due()

    def traffic(
        self, region: str, balancer: str, requests_per_second: float, cpu_ms: float, seconds: float, lasts: float = 0.0
    ) -> None:
        """Offer load to a load balancer. Raises AwsError when there is no such load balancer."""
        offer = [balancer, requests_per_second, cpu_ms, seconds, *(["", lasts] if lasts else [])]
        try:
            self.offer(region, offer)
        finally:
            self._write("traffic", region=region, offer=offer)

    def carried(self, region: str, seen: list[dict[str, Any]]) -> None:
        """Real requests went through load balancers of a region: they count there, and are written down."""
        self.world.carried(region, seen)
        self._write("observation", of="requests", region=region, requests=seen)

    def serve_at(self, port: int) -> None:
        """The registry answers on this port from now on: new repository URIs name it."""
        registry = f"127.0.0.1:{port}"
        if self.world.account.registry != registry:
            self.world.account.registry = registry
            self._write("port", registry=registry)

    def snapshot(self, name: str) -> None:
        """Keep the account as it is, its engine's images too, under a name."""
        images = self.images.kept()
        self.snapshots[name] = Kept(self.world.frozen(), images)
        self._write("snapshot", name=name, images=images)

    def mark(self, lab: str, step: str) -> None:
        """Keep the account as it was before a step; the first time only."""
        if (name := mark_of(lab, step)) not in self.snapshots:
            self.snapshot(name)

    def restore(self, name: str, forget: Sequence[str] = ()) -> None:
        """Go back to a kept account and forget those snapshots. Raises KeyError when there is none of that name."""
        self.go_back(name, forget)
        self._write("restore", name=name, forget=list(forget))
        self._put_images_back()

    def reset(self) -> None:
        """Go back to the moment of birth; marks and images are forgotten."""
        self.begin_again()
        self._write("reset")
        self._put_images_back()

    def go_back(self, name: str, forget: Sequence[str]) -> None:
        """Be again what was kept under a name; writes nothing."""
        kept = self.snapshots[name]
        self._become(World.thawed(kept.world), kept.images)
        for one in forget:
            self.snapshots.pop(one, None)

    def begin_again(self) -> None:
        """Be again what was born, with no marks; writes nothing."""
        self._become(World.born(self.birth), no_images())
        self.snapshots = {name: kept for name, kept in self.snapshots.items() if not is_mark(name)}

    def _become(self, world: World, images: dict[str, Any] | None) -> None:
        """Another world at the same port, and another set of images (None: an old journal does not tell)."""
        world.account.registry = self.world.account.registry
        self.world = world
        self._returns = (self._returns[0] + 1, images)

    def _put_images_back(self) -> None:
        """The images of the last return, unless the table has had them: a kill may have come in between."""
        returns, images = self._returns
        if self.images.returns < returns and images is not None:
            try:
                self.images.become(returns, images)
            except OSError as error:
                _log.warning(
                    "The engine's tags cannot be written (%s); they are as they should be until it ends.", error
                )

    def replay(self, skip: int = 1) -> None:
        """Do again what the journal's lines say, but the first `skip` (the birth at least), writing nothing."""
        for number, line in enumerate(self.journal.read(skip), start=skip):
            try:
                again(self, line, f"{self.birth.seed}:{number}")
            except (KeyError, TypeError, ValueError, OSError) as error:
                raise SandboxError(
                    f"Line {number + 1} of {self.journal.path} cannot be done again ({error!r}).",
                    next_step="Restore the data folder from a copy, or name another with --data.",
                ) from error

    def _recover(self) -> None:
        """The world as the journal tells it: from the snapshot if that is current, else by replay."""
        lines = 1
        if saved := self._file.read(self.journal.lines):
            self.world, self.snapshots, self._returns = saved.world, saved.snapshots, saved.returns
            lines = max(saved.lines, 1)
        self._saved = (lines, self.world.account.clock.now)
        self.replay(skip=lines)

    def offer(self, region: str, offer: list[Any]) -> None:
        """Put an offer (what `Metering.offer` takes, in its order) to the world; writes nothing."""
        balancing = self.world.cloud.service(ElasticLoadBalancing, region)
        balancing.offer(*offer)
        self.world.cloud.woken(region)

    def _seed(self) -> str:
        """What a neighbour's identifiers are drawn from in the call that will be the next line."""
        return f"{self.birth.seed}:{self.journal.lines}"

    def _write(self, kind: str, **members: Any) -> None:
        """Write down what happened. Raises SandboxError where that cannot be, and then it did not happen."""
        wall = iso(time.time())
        now = iso(self.world.account.clock.now)
        try:
            self.journal.write({"kind": kind, "at": now, "wall": wall, "account": self.birth.account, **members})
        except SandboxError:
            self._go_back()
            raise

    def _go_back(self) -> None:
        """Be again what the journal tells: what could not be written down did not happen."""
        self.world, self.snapshots, self._returns = World.born(self.birth), {}, (0, None)
        self._recover()

    def _write_call(self, call: wire.Call, http: HttpRequest, handled: Handled, principal: str) -> None:
        members: dict[str, Any] = {
            "service": call.service, "region": call.region, "operation": call.operation, "outcome": handled.outcome,
            "principal": principal,
        }  # fmt: skip
        if handled.message:
            members["message"] = handled.message
        if handled.denied:
            members["denied"] = True
        if call.service in wire.SIMULATED:
            self._write("call", **members, request=handled.request, cause=self.world.account.causes.current)
            return
        if call.access_key != self.birth.access_key:
            members["access_key"] = call.access_key
        self._write("neighbour", **members, http=self._sent(http))

    def _sent(self, http: HttpRequest) -> dict[str, Any]:
        """A request as a line holds it."""
        headers = {
            name: value
            for name, value in http.headers.items()
            if name in KEPT_HEADERS or name.startswith("x-amz-meta-")
        }
        body = self._kept(http.body)
        return {"method": http.method, "path": http.path, "query": http.query, "headers": headers, "body": body}

    def _kept(self, body: bytes) -> dict[str, str]:
        try:
            return self.journal.keep_body(body)
        except SandboxError:
            self._go_back()
            raise

    def remark(self, about: str, **members: Any) -> None:
        """Write down what changes nothing in the account: a hint given, a prediction made."""
        self._write("remark", about=about, **members)

    def remarks(self, about: str, **members: Any) -> list[dict[str, Any]]:
        """The remarks of a kind with these members, first to last."""
        wanted = {"kind": "remark", "about": about, **members}
        return [line for line in self.journal.read() if wanted.items() <= line.items()]

    def refusals(self, service: str, operation: str) -> list[str]:
        """The refusals of this operation since the last restore or reset, latest first: `Code: message`."""
        met: list[str] = []
        for line in self.journal.read():
            if line.get("kind") in ("restore", "reset"):
                met.clear()
            elif line.get("message") and (line.get("service"), line.get("operation")) == (service, operation):
                met.append(f"{line['outcome']}: {line['message']}")
        return met[::-1]

    def state_text(self) -> str:
        """The state as text: equal states have equal texts."""
        return json.dumps(self.world.described(), indent=1, sort_keys=True)
