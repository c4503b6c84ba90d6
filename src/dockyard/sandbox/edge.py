"""The edge: one ASGI application on one port, which hands each request to whom it concerns.

Knows nothing about what anyone answers. A request signed AWS4 is AWS's, whatever its path; otherwise `/v2/` is the
registry's, `/_dockyard/` the control API's, `/_ecs/` the ECS agent's, and a load balancer's name as Host (or
`/_alb/NAME/`) the balancer's.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import h11

from dockyard.sandbox.host import Host
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.scope import scope_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
After = Callable[[str], Awaitable[None]]

#: The largest body an AWS call may have here; layers go through the registry, which streams.
LARGEST_BODY = 16 * 1024 * 1024
#: A form names its operation within so many bytes.
LONGEST_FORM = 64 * 1024
OWN_NAMES = ("127.0.0.1", "localhost")
OLD_SIGNATURE = (
    "This URL is presigned with Signature Version 2, which Dockyard does not read. Make the client with "
    "Config(signature_version='s3v4') and presign again."
)
SENTENCE = "This is Dockyard's endpoint. Run `dockyard env` and set what it prints, then use any AWS client."


FAULT = "Dockyard failed inside: a fault of Dockyard, not of your request. Its log says more."
UNFINISHED = "ASGI callable returned without completing response."
_log = logging.getLogger(__name__)


class Edge:
    """The application that uvicorn serves."""

    def __init__(
        self, host: Host, registry: App, control: App, balancer: App, after: After | None = None,
        agent: App | None = None,
    ) -> None:  # fmt: skip
        """`after` is told each operation of AWS that went well, before its caller is; `agent` answers tasks."""
        self._host = host
        self._registry = registry
        self._control = control
        self._balancer = balancer
        self._agent = agent
        # uvicorn calls an answer that ends within an error of ours; it is the client's, or a load balancer's target's.
        logging.getLogger("uvicorn.error").addFilter(lambda record: record.msg != UNFINISHED)
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI). Where we fail it says so in a sentence, and our log has the traceback."""
        try:
            await self._answer(scope, receive, send)
        except h11.LocalProtocolError as error:  # a body that is no HTTP: uvicorn has refused the request already
            _log.debug("%s %s broke off: %s", scope["method"], scope["path"], error)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            with contextlib.suppress(RuntimeError):  # the answer had begun already
                await reply(send, text(500, FAULT))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("http://"):
            scope = in_origin_form(scope)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        path = scope["path"]
        if is_signed(headers, query):
            await self._aws(scope, headers, query, receive, send)
        elif is_for_balancer(path, headers.get("host", "")):
            await self._balancer(scope, receive, send)
        elif path.startswith("http://"):
            await reply(send, not_proxied(authority_of(path)))
        elif path.startswith("/v2/") or path == "/v2":
            await self._registry(scope, receive, send)
        elif path.startswith("/_dockyard/"):
            await self._control(scope, receive, send)
        elif path.startswith("/_ecs/") and self._agent is not None:
            await self._agent(scope, receive, send)
        elif path == "/_localstack/health":
            await reply(send, localstack_health(self._host))
        elif "x-amz-target" in headers or headers.get("content-type", "").startswith("application/x-www-form"):
            await self._aws(scope, headers, query, receive, send)
        else:
            await reply(send, text(*((403, OLD_SIGNATURE) if "AWSAccessKeyId=" in query else (404, SENTENCE))))

    async def _aws(self, scope: Scope, headers: dict[str, str], query: str, receive: Receive, send: Send) -> None:
        body = await whole_body(receive)
        if body is None:
            await reply(send, text(413, f"A request to AWS may hold {LARGEST_BODY} bytes here; push layers by docker."))
            return
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").split("?", 1)[0]
        request = HttpRequest(scope["method"], path, query, headers, body)
        claimed = scope_of(headers, query)
        if claimed is not None and self._host.asks_outside(claimed.service):
            await reply(send, await asyncio.to_thread(self._host.answer, request))
            return
        answer = self._host.answer(request)
        if self._after is not None and answer.status < 400:
            await self._after(operation_of(headers, body))
        await reply(send, answer)


def in_origin_form(scope: Scope) -> Scope:
    """A proxy request for this very port, as its own server reads it: `http://localhost:4566/v2/` asks for /v2/.

    Clients send it to `localhost`, which their `no_proxy` does not name (RFC 9112, 3.2.2). Others stay as they are.
    """
    authority, slash, path = scope["path"].removeprefix("http://").partition("/")
    if authority not in (f"{name}:{scope['server'][1]}" for name in OWN_NAMES):
        return scope
    raw_path = scope["raw_path"].removeprefix(f"http://{authority}".encode())
    return {**scope, "path": f"/{path}", "raw_path": raw_path if slash else b"/"}


def is_signed(headers: dict[str, str], query: str) -> bool:
    """Whether a request claims to be signed for AWS, in a header or in the query string."""
    return headers.get("authorization", "").startswith("AWS4-") or "X-Amz-Signature=" in query


def operation_of(headers: dict[str, str], body: bytes) -> str:
    """The operation that an AWS request names in its target or its form, "" where it does neither."""
    if target := headers.get("x-amz-target", ""):
        return target.rpartition(".")[2]
    named = re.search(rb"(?:^|&)Action=(\w+)", body[:LONGEST_FORM])
    return named[1].decode() if named else ""


def is_for_balancer(path: str, host: str) -> bool:
    """Whether a request is for a load balancer: by its DNS name, which a proxy request has in its path, or `/_alb/`."""
    if path.startswith("http://"):
        host = authority_of(path)
    by_door = path.startswith("/_alb/") and path.split("/")[2] != ""
    return by_door or host.partition(":")[0].lower().endswith(".elb.amazonaws.com")


def authority_of(address: str) -> str:
    """Host and port of an `http://` address, which may be garbage."""
    return address.removeprefix("http://").partition("/")[0]


def not_proxied(host: str) -> HttpResponse:
    """The answer to a proxy request for anybody but a load balancer."""
    name, _, port = host.partition(":")
    away = "To leave this machine, run without http_proxy."
    cure = f"Ask 127.0.0.1:{port or 80} instead." if name == "localhost" else away
    return text(403, f"403 Forbidden: Dockyard carries requests to load balancers' names only, not to {host}. {cure}")


def localstack_health(host: Host) -> HttpResponse:
    """What LocalStack's clients ask before they start."""
    inside = ("cloudwatch", "ec2", "ecr", "ecs", "elbv2", "iam", "logs", "s3", "secretsmanager", "sts")
    names = sorted({*inside, *(name for name in ("lambda", "sns", "sqs", "ssm") if host.asks_outside(name))})
    body = {"services": dict.fromkeys(names, "running"), "edition": "dockyard", "version": "4.14.0"}
    return HttpResponse(200, {"content-type": "application/json"}, json.dumps(body).encode())


async def whole_body(receive: Receive) -> bytes | None:
    """The request's body, None when it is too large or the client left."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


def text(status: int, sentence: str) -> HttpResponse:
    """A sentence as plain text."""
    return HttpResponse(status, {"content-type": "text/plain; charset=utf-8"}, f"{sentence}\n".encode())


async def reply(send: Send, response: HttpResponse) -> None:
    """Send a response (ASGI)."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    if not any(name == b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
