"""A client's request as the load balancer reads it: which balancer and port it is for, and what goes on to the target.

Knows nothing about accounts, rules or sockets.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
"""

from __future__ import annotations

import os
import time
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from dockyard.cloud.elbv2.conditions import Asked
from dockyard.cloud.elbv2.entrance import Entrance
from dockyard.cloud.network import INTERNET

Headers = list[tuple[bytes, bytes]]

#: Headers that belong to one connection and go no further (RFC 9110, 7.6.1); what `Connection` names is added.
HOP_BY_HOP = frozenset(
    (
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
        b"trailer", b"transfer-encoding", b"upgrade",
    )
)  # fmt: skip
#: Of the client's headers these are written anew. The load balancer itself has answered `Expect: 100-continue`.
_REWRITTEN = frozenset((b"host", b"expect", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-port"))
_TRACE = b"x-amzn-trace-id"
DOOR = "/_alb/"
_STANDARD_PORTS = (80, 443)


@dataclass(slots=True)
class Incoming:
    """A request: `name` and `port` of the load balancer it is for (0: not said), `path` and `query` as sent.

    `by_door`: it came by `/_alb/NAME/`, so that its Host is this machine's.
    """

    name: str
    port: int
    method: str
    path: str
    query: str
    host: str
    headers: Headers = field(repr=False)
    by_door: bool = False

    @property
    def has_body(self) -> bool:
        """Whether a body follows."""
        return self.is_chunked or self.first(b"content-length") not in (b"", b"0")

    @property
    def is_chunked(self) -> bool:
        """Whether the body's length is not known yet."""
        return bool(self.first(b"transfer-encoding"))

    @property
    def wants_upgrade(self) -> bool:
        """Whether the client wants to speak another protocol, such as WebSocket, on this connection."""
        return b"upgrade" in self.first(b"connection").lower() and bool(self.first(b"upgrade"))

    def first(self, name: bytes) -> bytes:
        """The first header of this name, b"" where there is none."""
        return next((value for each, value in self.headers if each == name), b"")

    def asked(self) -> Asked:
        """The request as a listener's rules see it. A client's address is the internet's, as for security groups."""
        headers: dict[str, str] = {}
        for name, value in self.headers:
            key, text = name.decode("latin-1"), value.decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
        query = tuple(parse_qsl(self.query, keep_blank_values=True)) if self.query else ()
        return Asked(self.host, self.path, self.method, headers, query, INTERNET)

    def target(self) -> bytes:
        """Path and query for the target."""
        return (f"{self.path}?{self.query}" if self.query else self.path).encode("latin-1")

    def onward(self, entrance: Entrance) -> Headers:
        """The headers for the target."""
        secure = entrance.listener is not None and entrance.listener.protocol == "HTTPS"
        keeps_host = entrance.attributes["routing.http.preserve_host_header.enabled"] == "true"
        host = self.host if keeps_host else with_port(self.host, entrance.port)
        kept = [one for one in end_to_end(self.headers) if one[0] not in _REWRITTEN and one[0] != _TRACE]
        kept[:0] = [(b"host", host.encode("latin-1"))]
        if self.is_chunked:
            kept.append((b"transfer-encoding", b"chunked"))
        kept += self._forwarded(entrance.attributes["routing.http.xff_header_processing.mode"])
        kept += [
            (b"X-Forwarded-Proto", b"https" if secure else b"http"),
            (b"X-Forwarded-Port", b"%d" % entrance.port),
            (b"X-Amzn-Trace-Id", traced(self.first(_TRACE))),
        ]
        return kept

    def _forwarded(self, mode: str) -> Headers:
        """X-Forwarded-For, as the attribute wants it: the client's address appended, as it came, or none."""
        before = b", ".join(value for name, value in self.headers if name == b"x-forwarded-for")
        if mode == "append":
            before = b"%s, %s" % (before, INTERNET.encode()) if before else INTERNET.encode()
        return [(b"X-Forwarded-For", before)] if before and mode != "remove" else []


def read(scope: MutableMapping[str, Any]) -> Incoming:
    """The request of an ASGI scope: to a balancer's name as a proxy's or by its Host header, or to `/_alb/NAME/`."""
    raw = scope["raw_path"].decode("latin-1")
    headers: Headers = list(scope["headers"])
    sent = next((value for name, value in headers if name == b"host"), b"").decode("latin-1")
    authority, path, by_door = sent, raw, False
    if raw.startswith("http://"):
        authority, slash, path = raw.removeprefix("http://").partition("/")
        path = slash + path
        sent = authority
    if not named(authority) and path.startswith(DOOR):
        authority, slash, path = path.removeprefix(DOOR).partition("/")
        path, by_door = slash + path, True
    name, port = split_port(authority)
    return Incoming(
        name=name, port=port if by_door else port or 80, method=scope["method"], path=path or "/",
        query=scope["query_string"].decode("latin-1"), host=sent, headers=headers, by_door=by_door,
    )  # fmt: skip


def named(authority: str) -> bool:
    """Whether an authority (`host` or `host:port`) is a load balancer's DNS name."""
    return split_port(authority)[0].lower().endswith(".elb.amazonaws.com")


def split_port(authority: str) -> tuple[str, int]:
    """Name and port of an authority, which may be garbage; 0 where it has no port."""
    name, _, port = authority.partition(":")
    return name, int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else 0


def with_port(host: str, port: int) -> str:
    """The Host header as AWS sends it on: with the listener's port where that is not a standard one."""
    return host if ":" in host or port in _STANDARD_PORTS else f"{host}:{port}"


def end_to_end(headers: Headers) -> Headers:
    """The headers that go on to the other side. Names may be in any case.

    A body in chunks has no length beside them: two readers could disagree where it ends (RFC 9112, 6.3).
    """
    dropped = set(HOP_BY_HOP)
    for name, value in headers:
        if name.lower() == b"connection":
            dropped |= {one.strip().lower() for one in value.split(b",")}
        elif name.lower() == b"transfer-encoding":
            dropped.add(b"content-length")
    return [one for one in headers if one[0].lower() not in dropped]


def traced(sent: bytes) -> bytes:
    """X-Amzn-Trace-Id: a new Root, or beside the client's own fields a Self.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
    """
    own = f"1-{int(time.time()):08x}-{os.urandom(12).hex()}".encode()
    fields = [one for one in sent.split(b";") if one and not one.startswith(b"Self=")]
    if any(one.startswith(b"Root=") for one in fields):
        return b";".join((b"Self=" + own, *fields))
    return b";".join((b"Root=" + own, *fields))
