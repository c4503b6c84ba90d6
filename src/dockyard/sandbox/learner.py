"""One learner's account in this process, and everything that may change it.

Knows nothing about HTTP routes or who is let in. Every change goes through the journal; replay runs the same changes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dockyard.cloud.clock import iso
from dockyard.containers.table import no_images
from dockyard.errors import AwsError, SandboxError
from dockyard.sandbox import wire
from dockyard.sandbox.birth import Birth, Secrets
from dockyard.sandbox.folder import unusable
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.iam.refusals import AccessDeniedError
from dockyard.sandbox.journal import Journal
from dockyard.sandbox.journal_lines import called, observed, sent
from dockyard.sandbox.kept_account import KeptAccount
from dockyard.sandbox.marks import is_mark, mark_of, marks_of
from dockyard.sandbox.worlds import FAULT, Handled

if TYPE_CHECKING:
    from dockyard.cloud.simulation import Seen
    from dockyard.sandbox.localstack import Observation


class Learner(KeptAccount):
    """An account that changes, each change written down.

    `settles`: whether a describe call lets time pass until what it asks for is steady (on the stepped clock it does).
    """

    def __init__(self, folder: Path, birth: Birth, secrets: Secrets, journal: Journal) -> None:
        super().__init__(folder, birth, secrets, journal)
        self.settles = True
        #: told the moment to which time is about to move: what was seen until now must be written down before
        self.before_time: list[Callable[[float], None]] = []
        #: called before a check looks and before the account is kept or left: what was seen is told now
        self.before_looks: list[Callable[[], None]] = []

    @classmethod
    def open(cls, folder: Path, *, seed: str | None, start: float, port: int) -> Learner:
        """The account kept in the folder, or a new one (`seed` None: drawn from the clock).

        Raises SandboxError when the folder cannot be used, or holds an account of another seed.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            journal = Journal(folder)
        except OSError as error:
            raise unusable(folder, error) from error
        try:
            if not journal.lines:
                return cls._born(journal, Birth.now(f"{time.time_ns():x}" if seed is None else seed, start, port))
            learner = cls._read(journal)
            if seed not in (None, learner.birth.seed):
                raise SandboxError(
                    f"The account in {folder} was born of another seed, and keeps its names and numbers.",
                    next_step="Leave the seed out to go on with it, or name a new folder with --data.",
                )
            return learner
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
        learner = cls(journal.folder, birth, secrets, journal)
        if learner.images.images:
            learner.images.become(0, no_images())  # an account's that was here before
        return learner

    @classmethod
    def _read(cls, journal: Journal) -> Learner:
        """The account that a journal tells."""
        birth = Birth.read(next(iter(journal.read())), journal.folder)
        learner = cls(journal.folder, birth, Secrets.read(journal.folder), journal)
        learner.recover()
        learner.put_images_back()
        return learner

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
            self._write("observation", **observed(call, http, principal, seen, answer, self._keep))
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

    def be_told(self) -> None:
        """Hear what was seen and is not told yet: it belongs to the account as it is now."""
        for tell in self.before_looks:
            tell()

    def snapshot(self, name: str) -> None:
        """Keep the account as it is, its engine's images too, under a name."""
        self.be_told()
        images = self.images.kept()
        self.keep_as(name, images)
        self._write("snapshot", name=name, images=images)

    def mark(self, lab: str, step: str) -> None:
        """Keep the account as it was before a step; the first time only."""
        if (name := mark_of(lab, step)) not in self.snapshots:
            self.snapshot(name)

    def restore(self, name: str, forget: Sequence[str] = ()) -> None:
        """Go back to a kept account and forget those snapshots. Raises KeyError when there is none of that name.

        To one of an own name belong the marks of then, and not those of now.
        """
        self.be_told()
        marks = list(self.snapshots[name].marks)
        if not is_mark(name):
            forget = [*forget, *marks_of(self.snapshots)]
        self.go_back(name, forget, marks)
        self._write("restore", name=name, forget=list(forget), marks=marks)
        self.put_images_back()

    def reset(self) -> None:
        """Go back to the moment of birth; marks and images are forgotten."""
        self.be_told()
        self.begin_again()
        self._write("reset")
        self.put_images_back()

    def _seed(self) -> str:
        """What a neighbour's identifiers are drawn from in the call that will be the next line."""
        return f"{self.birth.seed}:{self.journal.lines}"

    def _write(self, kind: str, **members: Any) -> None:
        """Write down what happened. Raises SandboxError where that cannot be, and then it did not happen."""
        now = iso(self.world.account.clock.now)
        line = {"kind": kind, "at": now, "wall": iso(time.time()), "account": self.birth.account, **members}
        try:
            self.journal.write(line)
        except SandboxError:
            self.recover()
            raise
        self.recollections.take(line)

    def _write_call(self, call: wire.Call, http: HttpRequest, handled: Handled, principal: str) -> None:
        members = called(call, handled, principal)
        if call.service in wire.SIMULATED:
            self._write("call", **members, request=handled.request, cause=self.world.account.causes.current)
            return
        if call.access_key != self.birth.access_key:
            members["access_key"] = call.access_key
        self._write("neighbour", **members, http=sent(http, self._keep))

    def _keep(self, body: bytes) -> dict[str, str]:
        """How a line names a body that is kept. Raises as `_write` does."""
        try:
            return self.journal.keep_body(body)
        except SandboxError:
            self.recover()
            raise

    def remark(self, about: str, **members: Any) -> None:
        """Write down what changes nothing in the account: a hint given, a prediction made."""
        self._write("remark", about=about, **members)

    def state_text(self) -> str:
        """The state as text: equal states have equal texts."""
        return json.dumps(self.world.described(), indent=1, sort_keys=True)
