"""botocore clients that never open a socket: each request is answered, in this process, before it would be sent.

Knows nothing about who answers.
"""

from __future__ import annotations

import copy
import functools
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.scope import Scope

#: Nobody listens there, and nothing is ever sent.
NOWHERE = "http://127.0.0.1:9"
#: The access key of whoever names none; nobody issues it.
NOBODYS_KEY = "DIRECT"


def direct_client(
    service: str, region: str, answer: Callable[[HttpRequest], HttpResponse], access_key: str = NOBODYS_KEY
) -> Any:
    """A client of a service in a region whose requests `answer` answers; they say who asks, and prove nothing.

    Nobody here asks for the proof, which is a tenth of what a call takes.
    """
    client = _twin(_kept(service, region))
    claim = Scope(access_key, "20000101", region, client.meta.service_model.signing_name).claim()

    def claimed(request: HttpRequest) -> HttpResponse:
        request.headers["authorization"] = claim
        return answer(request)

    return answered_here(client, claimed)


def answered_here(client: Any, answer: Callable[[HttpRequest], HttpResponse]) -> Any:
    """The same botocore client; from now on `answer` answers its requests, and nothing is sent."""

    def send(request: AWSPreparedRequest) -> AWSResponse:
        given = answer(_read(request))
        return AWSResponse(request.url, given.status, HTTPHeaders.from_dict(given.headers), _Raw(given.body))

    client._endpoint._send = send
    return client


@functools.cache
def _kept(service: str, region: str) -> Any:
    """Making a client takes 20 ms (EC2: 60), most of it for methods that no check calls; a twin, a tenth of one.

    Every check asks a fork or two, each with clients of its own: this was half of what judging takes.
    """
    return _session().create_client(service, region_name=region, endpoint_url=NOWHERE, config=_options())


def _twin(client: Any) -> Any:
    """Another client like this one, whose requests have an end of their own."""
    twin = object.__new__(type(client))  # copy.copy would ask a client without members for one, for ever
    twin.__dict__.update(client.__dict__)
    twin._endpoint = copy.copy(client._endpoint)
    return twin


def _read(request: AWSPreparedRequest) -> HttpRequest:
    parts = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    return HttpRequest(request.method, parts.path or "/", parts.query, headers, _body(request.body))


class _Raw(io.BytesIO):
    """A body in the shape botocore reads one."""

    def stream(self, *_: Any, **__: Any) -> Any:
        """The body in one piece."""
        yield self.read()


def warm() -> None:
    """Load what clients are made of for the services that checks ask: a fifth of a second, once for many sandboxes."""
    for service in ("application-autoscaling", "cloudwatch", "ec2", "ecr", "ecs", "elbv2", "iam", "logs"):
        _kept(service, "us-east-1")


@functools.cache
def _session() -> Any:
    return botocore.session.Session()


@functools.cache
def _options() -> Config:
    # A user agent of our own: botocore's, made anew for each request, was a quarter of what a call takes.
    return Config(
        signature_version=UNSIGNED, user_agent="dockyard", retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
    )  # fmt: skip


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
