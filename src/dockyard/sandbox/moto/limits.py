"""What moto is not asked, and what becomes of its stumbles: a sentence each, never an HTML page.

Knows nothing about worlds. S3 objects are limited because every fork carries them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from dockyard.errors import AwsError
from dockyard.sandbox.http import HttpResponse
from dockyard.sandbox.wire import NEIGHBOURS, Call, not_offered

#: An object may be so large.
OBJECT_BYTES = 10 * 1024 * 1024


def check(call: Call) -> None:
    """Refuse what is not a neighbour's, and an object too large. Raises AwsError."""
    if call.service not in NEIGHBOURS:
        raise not_offered(call)
    if call.service == "s3" and len(call.body) > OBJECT_BYTES:
        raise _too_large(len(call.body))


def check_parts(call: Call, query: str, s3: Any) -> None:
    """Refuse a part that makes its upload too large. Raises AwsError."""
    upload = parse_qs(query).get("uploadId", [""])[0]
    bucket = s3.buckets.get(call.path.lstrip("/").split("/")[0])
    begun = bucket.multiparts.get(upload) if bucket else None
    if begun is not None:
        total = sum(part.contentsize for part in begun.parts.values()) + len(call.body)
        if total > OBJECT_BYTES:
            raise _too_large(total)


def _too_large(size: int) -> AwsError:
    return AwsError(
        "EntityTooLarge",
        f"Your proposed upload exceeds the maximum allowed size: it has {size} bytes, and Dockyard keeps objects of up "
        f"to {OBJECT_BYTES} bytes (10 MiB).",
    )


def answered(call: Call, ask: Callable[[], HttpResponse]) -> HttpResponse:
    """What moto answers. Raises AwsError where it raises, or where its answer is a page instead of AWS's."""
    try:
        answer = ask()
    except NotImplementedError:
        raise _lacks(call) from None
    except Exception as error:
        raise _stumbled(call, f"{type(error).__name__}: {error}") from error
    if answer.status >= 400 and "html" in answer.headers.get("content-type", "") and _is_page(answer.body):
        raise _lacks(call) if answer.status == 404 else _stumbled(call, f"status {answer.status}")
    return answer


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:9].lower() in (b"<!doctype", b"<html>")


def _lacks(call: Call) -> AwsError:
    code = {"s3": "NotImplemented", "secretsmanager": "UnknownOperationException"}.get(call.service, "InvalidAction")
    named = call.operation or "this operation"
    return AwsError(code, f"Dockyard does not offer {named} of {call.service} yet.")


def _stumbled(call: Call, what: str) -> AwsError:
    return AwsError(
        "InternalFailure",
        f"{call.operation} of {call.service} stumbled ({what}). That is a fault of Dockyard's, not of your request.",
        status=500,
    )
