"""The running endpoint: accounts by access key, who asks, and the one lock under which state changes.

Knows nothing about ASGI or sockets; `edge` hands it whole requests.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dockyard.cloud.account import Account
from dockyard.cloud.ecr.service import Ecr
from dockyard.containers.blobs import BlobStore
from dockyard.errors import AwsError, SandboxError
from dockyard.sandbox import wire
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.signing import Secret, verify

if TYPE_CHECKING:
    from dockyard.sandbox.localstack import LocalStack
    from dockyard.sandbox.registry import Tokens


class Host:
    """Serves learners' accounts. `answer` may be called from any thread; changes happen one at a time."""

    def __init__(self, folder: Path, registry_key: bytes, localstack: LocalStack | None = None) -> None:
        self._registry_key = registry_key
        self.localstack = localstack
        self.lock = threading.RLock()
        self.blobs = BlobStore(folder / "blobs")
        self.learners: dict[str, Learner] = {}
        self._by_key: dict[str, Learner] = {}

    def admit(self, learner: Learner) -> None:
        """Serve an account."""
        self.learners[learner.birth.account] = learner
        self._by_key[learner.birth.access_key] = learner

    def answer(self, http: HttpRequest) -> HttpResponse:
        """Answer a request to AWS: who asks, and then what."""
        call = wire.recognise(http.method, http.path, http.query, http.headers, http.body)
        try:
            signer = verify(
                http.method, http.path, http.query, http.headers, http.body, self._secret_of, time.time(),
                protocol=call.protocol,
            )  # fmt: skip
        except AwsError as error:
            refused = wire.refuse(call, error, Account.born("", str(time.time()), 0).identifiers.uuid())
            return HttpResponse(refused.status, dict(refused.headers), refused.body)
        learner = self.learners[signer.secret.account]
        if self.asks_outside(call.service):
            return self._outside(learner, call, http, signer.secret.principal_arn)
        with self.lock:
            result = (
                self._token(call, learner, signer.secret.principal_arn)
                if call.operation == "GetAuthorizationToken"
                else None
            )
            return learner.answer(call, http, signer.secret.principal_arn, result)

    def asks_outside(self, service: str) -> bool:
        """Whether somebody outside this process answers for a service, so that `answer` may take long."""
        return self.localstack is not None and self.localstack.answers(service)

    def _outside(self, learner: Learner, call: wire.Call, http: HttpRequest, principal: str) -> HttpResponse:
        """Ask IAM, then LocalStack while nobody waits for the lock, and write down what it answered."""
        assert self.localstack is not None
        with self.lock:
            if (refusal := learner.refusal(call, principal)) is not None:
                return learner.observe(call, http, principal, self.localstack.not_asked(call, refusal))
        seen = self.localstack.ask(call, http, learner.birth.account)
        with self.lock:
            return learner.observe(call, http, principal, seen)

    @functools.cached_property
    def tokens(self) -> Tokens:
        """Makes and judges the passwords of `docker login`."""
        from dockyard.sandbox.registry import Tokens

        return Tokens(self._registry_key)

    @contextmanager
    def ecr(self, account: str, region: str) -> Iterator[Ecr]:
        """The account's ECR in a region, to read from, under the lock. Raises KeyError for an unknown account."""
        learner = self.learners[account]
        with self.lock:
            yield learner.world.cloud.service(Ecr, region)

    def call(
        self, account: str, region: str, principal: str, operation: str, request: dict[str, Any]
    ) -> dict[str, Any]:
        """Call an operation of ECR through the journal (the registry's pushes). Raises AwsError."""
        with self.lock:
            try:
                return self.learners[account].ask("ecr", operation, region, request, principal)
            except SandboxError as error:
                raise AwsError("ServiceUnavailable", str(error), status=503) from error

    def let_in(self, account: str, region: str, principal: str, action: str, repository: str) -> None:
        """Refuse what a principal may not do on a repository (each push and pull asks). Raises AwsError."""
        with self.lock:
            if account not in self.learners:
                raise AwsError("AccessDeniedException", f"There is no account {account} here any more.", status=403)
            try:
                self.learners[account].let_in(principal, region, action, repository)
            except SandboxError as error:
                raise AwsError("ServiceUnavailable", str(error), status=503) from error

    def save(self) -> None:
        """Save every account."""
        with self.lock:
            for learner in self.learners.values():
                learner.save()

    def _token(self, call: wire.Call, learner: Learner, principal: str) -> dict[str, Any]:
        """GetAuthorizationToken's result: issued by the wall clock, so no matter for the simulator."""
        from dockyard.sandbox.registry import authorization_token

        registry, account = learner.world.account.registry, learner.birth.account
        return authorization_token(self.tokens, account, call.region, principal, registry, time.time())

    def _secret_of(self, access_key: str) -> Secret | None:
        learner = self._by_key.get(access_key)
        if learner is None:
            issued = (one.world.moto.secret(access_key) for one in self.learners.values())
            return next(filter(None, issued), None)
        birth = learner.birth
        return Secret(learner.secrets.secret_key, birth.account, birth.learner)
