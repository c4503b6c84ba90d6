"""LocalStack as a neighbour outside this process: S3, SSM, Secrets Manager, SNS, SQS and Lambda, where a URL names it.

Knows nothing about who signed or what is written down. LocalStack takes the account from the access key, so each
request is signed anew with the account's twelve digits as the key; no signature or token of a learner leaves us.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import logging
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from dockyard.cloud.simulation import reads
from dockyard.errors import AwsError, SandboxError
from dockyard.sandbox import wire
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.scope import ALGORITHM, Scope
from dockyard.sandbox.signing import Claim, canonical_request, signature

_log = logging.getLogger(__name__)
VARIABLE = "DOCKYARD_LOCALSTACK_URL"
#: What LocalStack answers, by botocore's name, which is also the name each of them signs with.
SERVICES = frozenset({"lambda", "s3", "secretsmanager", "sns", "sqs", "ssm"})
#: Real seconds: a queue is polled for up to twenty, and the first call of a service takes some eight.
PATIENCE = 60.0
CONNECTING = 3.0
#: LocalStack looks at the key only.
_SECRET = "test"
#: Headers of the learner's request that stay here: the signature, and what belongs to the connection.
_STAY = frozenset(
    {
        "accept-encoding", "authorization", "connection", "content-length", "expect", "host", "keep-alive",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "x-amz-date", "x-amz-security-token",
    }
)  # fmt: skip
_SIGNING = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Security-Token",
            "X-Amz-Signature", "X-Amz-SignedHeaders")  # fmt: skip


@dataclass(slots=True, frozen=True)
class Observation:
    """What came of a call to LocalStack: its answer, or the refusal where none came.

    `changed`: it may have changed something; `secrets` is then what the region holds since, ARN by name, where the call
    was of Secrets Manager.
    """

    operation: str
    answer: HttpResponse
    refusal: AwsError | None = None
    changed: bool = False
    secrets: dict[str, str] | None = None

    @property
    def outcome(self) -> str:
        """In the journal's words: `ok`, the refusal's code, or the status of an answer that refuses."""
        if self.refusal:
            return self.refusal.code
        return "ok" if self.answer.status < 400 else str(self.answer.status)


class LocalStack:
    """A LocalStack at an `http://` URL; `answer` may be called from any thread and waits for nobody else."""

    def __init__(self, url: str) -> None:
        """Raises SandboxError for what is no URL of a server."""
        self.url = url.rstrip("/")
        try:
            parts = urlsplit(self.url)
            self._host, self._port = parts.hostname or "", parts.port or 80
        except ValueError:
            parts, self._host = urlsplit(""), ""
        if parts.scheme != "http" or not self._host or parts.path or parts.query:
            raise SandboxError(
                f"{VARIABLE} is {url!r}, which is no address of a server.",
                next_step="Write it as http://localstack:4566, or unset it.",
            )
        #: Two calls that change secrets must not be written down in another order than they happened.
        self._turn = threading.Lock()

    @staticmethod
    def answers(service: str) -> bool:
        """Whether a service, by botocore's name, is LocalStack's."""
        return service in SERVICES

    def ask(self, call: wire.Call, request: HttpRequest, account: str) -> Observation:
        """Put a call to LocalStack and see what comes of it."""
        keeps_secrets = call.service == "secretsmanager" and not only_reads(call)
        with self._turn if keeps_secrets else contextlib.nullcontext():
            try:
                answer = self.answer(call, request, account)
            except AwsError as error:
                return self.not_asked(call, error)
            changed = answer.status < 400 and not only_reads(call)
            secrets = self.secrets(account, call.region) if changed and keeps_secrets else None
        return Observation(_operation(call), answer, None, changed, secrets)

    @staticmethod
    def not_asked(call: wire.Call, refusal: AwsError) -> Observation:
        """What is seen of a call that LocalStack did not answer: a refusal."""
        return Observation(_operation(call), HttpResponse(refusal.status), refusal)

    def answer(self, call: wire.Call, request: HttpRequest, account: str) -> HttpResponse:
        """What LocalStack answers to the request, as the account. Raises AwsError where none comes."""
        headers = {name: value for name, value in request.headers.items() if name not in _STAY}
        query = "&".join(part for part in request.query.split("&") if part.partition("=")[0] not in _SIGNING)
        headers |= self._signed(call, request, query, headers, account)
        target = f"{request.path}?{query}" if query else request.path
        connection = http.client.HTTPConnection(self._host, self._port, timeout=CONNECTING)
        with contextlib.closing(connection):
            try:
                connection.connect()
                connection.sock.settimeout(PATIENCE)
                connection.request(request.method, target, request.body, headers)
                return _read(connection.getresponse())
            except (OSError, http.client.HTTPException) as error:
                raise self._silent(call, error) from error

    def secrets(self, account: str, region: str) -> dict[str, str] | None:
        """The account's secrets in a region: ARN by name; None where LocalStack does not say."""
        from botocore.exceptions import ClientError
        from localstack_client.session import Session

        from dockyard.sandbox.direct import answered_here

        session = Session(account, _SECRET, None, region, localstack_host=f"{self._host}:{self._port}")
        # Answered here, as the session obeys AWS_ENDPOINT_URL and proxies, which may well lead back to this sandbox.
        client = answered_here(session.client("secretsmanager"), lambda request: self._put(request, account))
        try:
            pages = client.get_paginator("list_secrets").paginate()
            return {one["Name"]: one["ARN"] for page in pages for one in page["SecretList"]}
        except (AwsError, ClientError) as error:
            _log.warning("LocalStack at %s does not list the secrets it keeps: %s", self.url, error)
            return None

    def _put(self, request: HttpRequest, account: str) -> HttpResponse:
        call = wire.recognise(request.method, request.path, request.query, request.headers, request.body)
        return self.answer(call, request, account)

    def _signed(
        self, call: wire.Call, request: HttpRequest, query: str, headers: dict[str, str], account: str
    ) -> dict[str, str]:
        """The headers that make it a request of the account."""
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        payload = headers.get("x-amz-content-sha256") or hashlib.sha256(request.body).hexdigest()
        named = {"host": f"{self._host}:{self._port}", "x-amz-content-sha256": payload, "x-amz-date": date}
        scope = Scope(account, date[:8], call.region, call.service)
        claim = Claim(scope, date, tuple(sorted(named)), "", "", None)
        canonical = canonical_request(request.method, request.path, query, named, claim, payload)
        said = f"{account}/{scope.date}/{scope.region}/{scope.service}/aws4_request"
        proof = signature(_SECRET, scope, date, canonical)
        signed = f"{ALGORITHM} Credential={said}, SignedHeaders={';'.join(claim.signed)}, Signature={proof}"
        return {**named, "authorization": signed}

    def _silent(self, call: wire.Call, error: Exception) -> AwsError:
        why = "in time" if isinstance(error, TimeoutError) else f"({getattr(error, 'strerror', None) or error})"
        return AwsError(
            "ServiceUnavailable",
            f"LocalStack, which answers {call.service} here, does not answer at {self.url} {why}. Everything that it "
            "does not answer works. Start it again (docker compose up -d localstack) and repeat the call.",
            status=503,
        )


def only_reads(call: wire.Call) -> bool:
    """Whether a call changes nothing, by AWS's naming or by HTTP's."""
    return reads(call.operation) or call.method in ("GET", "HEAD")


def _operation(call: wire.Call) -> str:
    """The operation's name, or where the protocol names none in the request (Lambda's) its method and path."""
    return call.operation or f"{call.method} {call.path}"


def _read(answer: http.client.HTTPResponse) -> HttpResponse:
    """The whole answer, without what belongs to its connection."""
    headers = {name.lower(): value for name, value in answer.getheaders()}
    gone = ("connection", "date", "keep-alive", "server", "transfer-encoding")
    return HttpResponse(answer.status, {name: headers[name] for name in headers if name not in gone}, answer.read())
