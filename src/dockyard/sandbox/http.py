"""An HTTP request and its response as values, on their way between the edge and whoever answers.

Knows nothing about sockets, ASGI or any protocol above HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, frozen=True)
class HttpRequest:
    """A request: `path` and `query` as sent (percent-encoded), header names in lower case, the whole body."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(slots=True, frozen=True)
class HttpResponse:
    """A response with its whole body."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
