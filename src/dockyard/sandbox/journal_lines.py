"""What a line of the journal says of a call, of a request and of an answer from outside.

Knows nothing about where lines are written or what they do when they are done again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockyard.sandbox.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from dockyard.sandbox import wire
    from dockyard.sandbox.localstack import Observation
    from dockyard.sandbox.worlds import Handled

Members = dict[str, Any]
#: How a line names a body.
Keep = Callable[[bytes], dict[str, str]]

#: Headers that decide how a request is read; no other is kept, above all no Authorization.
_KEPT_HEADERS = ("content-type", "x-amz-target", "host", "content-md5", "x-amz-copy-source", "x-amz-acl", "range")


def called(call: wire.Call, handled: Handled, principal: str) -> Members:
    """Whose call it was, and what came of it."""
    members: Members = {
        "service": call.service, "region": call.region, "operation": call.operation, "outcome": handled.outcome,
        "principal": principal,
    }  # fmt: skip
    if handled.message:
        members["message"] = handled.message
    if handled.denied:
        members["denied"] = True
    return members


def observed(
    call: wire.Call, http: HttpRequest, principal: str, seen: Observation, answer: HttpResponse, keep: Keep
) -> Members:
    """What was asked of LocalStack, and what it answered, whole."""
    members: Members = {"message": seen.refusal.message} if seen.refusal else {}
    if seen.changed:
        members["changed"] = {"secrets": seen.secrets}
    said = {"status": answer.status, "headers": answer.headers, "body": keep(answer.body)}
    return {
        "service": call.service, "region": call.region, "operation": seen.operation, "outcome": seen.outcome,
        "principal": principal, **members, "http": {**sent(http, keep), "answer": said},
    }  # fmt: skip


def sent(http: HttpRequest, keep: Keep) -> Members:
    """A request, without what would let somebody make it again."""
    headers = {
        name: value for name, value in http.headers.items() if name in _KEPT_HEADERS or name.startswith("x-amz-meta-")
    }
    return {
        "method": http.method, "path": http.path, "query": http.query, "headers": headers, "body": keep(http.body)
    }  # fmt: skip
