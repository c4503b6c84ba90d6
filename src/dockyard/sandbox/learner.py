"""One learner's account in this process: its world, its journal, its snapshots, and everything that may change it.

Knows nothing about HTTP routes or who is let in. Every change goes through the journal; replay runs the same changes.
"""

from __future__ import annotations

import json
import logging
import pickle
import time
from pathlib import Path
from typing import Any

from dockyard.cloud.clock import iso
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.errors import AwsError, SandboxError
from dockyard.sandbox import wire
from dockyard.sandbox.birth import Birth, Secrets
from dockyard.sandbox.edition import edition
from dockyard.sandbox.folder import unusable
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.iam.refusals import AccessDeniedError
from dockyard.sandbox.journal import Journal
from dockyard.sandbox.replay import again
from dockyard.sandbox.worlds import FAULT, Handled, World

SNAPSHOT_FILE = "snapshot.pickle"
#: Headers that decide how a request is read; no other is kept, above all no Authorization.
KEPT_HEADERS = ("content-type", "x-amz-target", "host", "content-md5", "x-amz-copy-source", "x-amz-acl", "range")


_log = logging.getLogger(__name__)


class Learner:
    """An account, its journal and its snapshots."""

    def __init__(self, folder: Path, birth: Birth, secrets: Secrets, journal: Journal, world: World) -> None:
        self.folder = folder
        self.birth = birth
        self.secrets = secrets
        self.journal = journal
        self.world = world
        self.snapshots: dict[str, bytes] = {}

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
        return cls(journal.folder, birth, secrets, journal, World.born(birth))

    @classmethod
    def _read(cls, journal: Journal) -> Learner:
        """The account that a journal tells."""
        birth = Birth.read(next(iter(journal.read())), journal.folder)
        learner = cls(journal.folder, birth, Secrets.read(journal.folder), journal, World.born(birth))
        learner._recover()
        return learner

    def save(self) -> None:
        """Write the snapshot that lets the next start skip the replay; where that cannot be, the journal has it all."""
        content = pickle.dumps((edition(), self.journal.lines, self.world.frozen(), self.snapshots))
        unfinished = self.folder / f"{SNAPSHOT_FILE}.new"
        try:
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(content)
            unfinished.replace(self.folder / SNAPSHOT_FILE)
        except OSError as error:
            _log.warning("%s cannot be written (%s): the next start replays the journal.", unfinished, error.strerror)

    def answer(
        self, call: wire.Call, http: HttpRequest, principal: str, result: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer a call that was let in, and write it down; `result` is given where the host has the answer."""
        seed = self._seed()
        handled = self.world.handle(call, http, seed=seed, wall=time.time(), principal=principal, result=result)
        try:
            if handled.settled_until is not None:
                self._write("advance", until=handled.settled_until, outcome=handled.outcome)
            self._write_call(call, http, handled, principal)
        except SandboxError as error:
            return self.world.refused(call, AwsError("ServiceUnavailable", str(error), status=503), seed)
        return handled.response

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
        until = self.world.account.clock.now + seconds
        outcome = FAULT
        try:
            self.world.cloud.advance_to(until)
            outcome = "ok"
        finally:
            self._write("advance", until=until, outcome=outcome)

    def traffic(self, region: str, balancer: str, requests_per_second: float, cpu_ms: float, seconds: float) -> None:
        """Offer load to a load balancer. Raises AwsError when there is no such load balancer."""
        offer = [balancer, requests_per_second, cpu_ms, seconds]
        try:
            self.offer(region, offer)
        finally:
            self._write("traffic", region=region, offer=offer)

    def serve_at(self, port: int) -> None:
        """The registry answers on this port from now on: new repository URIs name it."""
        registry = f"127.0.0.1:{port}"
        if self.world.account.registry != registry:
            self.world.account.registry = registry
            self._write("port", registry=registry)

    def snapshot(self, name: str) -> None:
        """Keep the world as it is under a name."""
        self.snapshots[name] = self.world.frozen()
        self._write("snapshot", name=name)

    def restore(self, name: str) -> None:
        """Go back to a kept world. Raises KeyError when there is none of that name."""
        self.world = World.thawed(self.snapshots[name])
        self._write("restore", name=name)

    def reset(self) -> None:
        """Go back to the moment of birth."""
        self.world = World.born(self.birth)
        self._write("reset")

    def replay(self, skip: int = 1) -> None:
        """Do again what the journal's lines say, but the first `skip` (the birth at least), writing nothing."""
        for number, line in enumerate(self.journal.read()):
            if number >= skip:
                try:
                    again(self, line, f"{self.birth.seed}:{number}")
                except (KeyError, TypeError, ValueError, OSError) as error:
                    raise SandboxError(
                        f"Line {number + 1} of {self.journal.path} cannot be done again ({error!r}).",
                        next_step="Restore the data folder from a copy, or name another with --data.",
                    ) from error

    def _recover(self) -> None:
        """The world as the journal tells it: from the snapshot if that is current, else by replay."""
        try:
            writer, lines, world, snapshots = pickle.loads((self.folder / SNAPSHOT_FILE).read_bytes())
            current = writer == edition() and lines <= self.journal.lines
            if current:
                self.world, self.snapshots = World.thawed(world), snapshots
        except Exception:  # whatever is wrong with a cache, the journal has it all
            current = False
        self.replay(skip=max(lines, 1) if current else 1)

    def offer(self, region: str, offer: list[Any]) -> None:
        """Put an offer (balancer, requests a second, CPU milliseconds, seconds) to the world; writes nothing."""
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
        self.world, self.snapshots = World.born(self.birth), {}
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
        headers = {
            name: value
            for name, value in http.headers.items()
            if name in KEPT_HEADERS or name.startswith("x-amz-meta-")
        }
        body = self._kept(http.body)
        sent = {"method": http.method, "path": http.path, "query": http.query, "headers": headers, "body": body}
        if call.access_key != self.birth.access_key:
            members["access_key"] = call.access_key
        self._write("neighbour", **members, http=sent)

    def _kept(self, body: bytes) -> dict[str, str]:
        try:
            return self.journal.keep_body(body)
        except SandboxError:
            self._go_back()
            raise

    def remark(self, about: str, **members: Any) -> None:
        """Write down what changes nothing in the account: a hint given, a prediction made, a verdict."""
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
