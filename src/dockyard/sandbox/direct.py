"""botocore clients that never open a socket: each request is answered, in this process, before it would be sent.

Knows nothing about who answers.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from dockyard.sandbox.http import HttpRequest, HttpResponse

#: Nobody listens there, and nothing is ever sent.
NOWHERE = "http://127.0.0.1:9"
#: The access key of whoever names none; nobody issues it.
NOBODYS_KEY = "DIRECT"


def direct_client(
    service: str, region: str, answer: Callable[[HttpRequest], HttpResponse], access_key: str = NOBODYS_KEY
) -> Any:
    """A client of a service in a region whose requests `answer` answers; it signs with a secret that nobody knows."""
    client = _session().create_client(
        service, region_name=region, endpoint_url=NOWHERE, aws_access_key_id=access_key, aws_secret_access_key="direct",
        config=_options(),
    )  # fmt: skip
    return answered_here(client, answer)


def answered_here(client: Any, answer: Callable[[HttpRequest], HttpResponse]) -> Any:
    """The same botocore client; from now on `answer` answers its requests, and nothing is sent."""

    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        given = answer(_read(request))
        return AWSResponse(request.url, given.status, HTTPHeaders.from_dict(given.headers), _Raw(given.body))

    client.meta.events.register("before-send", send)
    return client


def _read(request: AWSPreparedRequest) -> HttpRequest:
    parts = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    return HttpRequest(request.method, parts.path or "/", parts.query, headers, _body(request.body))


class _Raw(io.BytesIO):
    """A body in the shape botocore reads one."""

    def stream(self, *_: Any, **__: Any) -> Any:
        """The body in one piece."""
        yield self.read()


@functools.cache
def _session() -> Any:
    return botocore.session.Session()


@functools.cache
def _options() -> Config:
    return Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    content: bytes = body.read()
    return content
