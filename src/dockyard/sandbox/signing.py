"""Signature Version 4: who signed a request, judged against the secret that belongs to the access key.

Knows nothing about accounts or services beyond how each words a refusal. The canonical request is written here, not
taken from botocore, whose import costs more than the start of everything else; a test holds the two together.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote

from dockyard.cloud.clock import parse_iso
from dockyard.sandbox.refusals import refusal
from dockyard.sandbox.scope import ALGORITHM, Scope, parse_scope

#: A signature is good for so many seconds around its date.
SKEW = 900
#: A presigned URL may be good for a week at most.
LONGEST = 7 * 24 * 3600
_NUMBER = re.compile("[0-9]{1,9}")
_DATE = re.compile("[0-9]{8}T[0-9]{6}Z")
_UNSIGNED = "UNSIGNED-PAYLOAD"
_EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(slots=True, frozen=True)
class Secret:
    """What belongs to an access key; `session_token` and `expires` (wall clock) only for temporary credentials."""

    secret: str
    account: str
    principal_arn: str
    session_token: str | None = None
    expires: float | None = None


@dataclass(slots=True, frozen=True)
class Signer:
    """Who signed, for which service (its signing name) and region."""

    access_key: str
    service: str
    region: str
    secret: Secret


@dataclass(slots=True, frozen=True)
class Claim:
    """A signature as the request presents it. `expires_in` is None in the header's form."""

    scope: Scope
    date: str
    signed: tuple[str, ...]
    signature: str
    token: str
    expires_in: int | None = None


def verify(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    secret_of: Callable[[str], Secret | None],
    wall_now: float,
    *,
    protocol: str,
) -> Signer:
    """Who signed this request. `path` and `query` as sent, header names lower case, `wall_now` in seconds since 1970.

    Raises AwsError in the words of `protocol` (the recognised call's): nobody signed, unknown key, wrong secret, stale.
    """
    claim = claimed(headers, query, protocol)
    secret = secret_of(claim.scope.access_key)
    if secret is None or not _same(secret.session_token or "", claim.token):
        raise refusal(protocol, "unknown key")
    if secret.expires is not None and secret.expires <= wall_now:
        raise refusal(protocol, "expired token")
    _in_time(claim, wall_now, protocol)
    payload = _payload(claim, headers, body, protocol)
    canonical = canonical_request(method, path, query, headers, claim, payload)
    if not _same(signature(secret.secret, claim.scope, claim.date, canonical), claim.signature):
        raise refusal(protocol, "wrong signature")
    return Signer(claim.scope.access_key, claim.scope.service, claim.scope.region, secret)


def claimed(headers: Mapping[str, str], query: str, protocol: str) -> Claim:
    """The signature in the Authorization header or the query string. Raises AwsError where there is none, or half."""
    authorization = headers.get("authorization", "")
    if authorization.startswith(ALGORITHM):
        return _from_header(authorization, headers, protocol)
    if "X-Amz-Signature=" in query:
        return _from_query(dict(parse_qsl(query, keep_blank_values=True)), protocol)
    raise refusal(protocol, "unsigned")


def _from_header(authorization: str, headers: Mapping[str, str], protocol: str) -> Claim:
    parts: dict[str, str] = {}
    for part in authorization[len(ALGORITHM) :].split(","):
        name, _, value = part.strip().partition("=")
        parts[name] = value
    scope = parse_scope(parts.get("Credential", ""))
    date = headers.get("x-amz-date", "")
    signed = tuple(parts.get("SignedHeaders", "").split(";"))
    if scope is None or not parts.get("Signature") or "host" not in signed or not date.startswith(scope.date):
        raise refusal(protocol, "incomplete")
    return Claim(scope, date, signed, parts["Signature"], headers.get("x-amz-security-token", ""))


def _from_query(given: Mapping[str, str], protocol: str) -> Claim:
    scope = parse_scope(given.get("X-Amz-Credential", ""))
    date, expires = given.get("X-Amz-Date", ""), given.get("X-Amz-Expires", "")
    signed = tuple(given.get("X-Amz-SignedHeaders", "").split(";"))
    if scope is None or not date.startswith(scope.date) or "host" not in signed:
        raise refusal(protocol, "incomplete")
    if not _NUMBER.fullmatch(expires) or int(expires) > LONGEST or not given.get("X-Amz-Signature"):
        raise refusal(protocol, "incomplete")
    token = given.get("X-Amz-Security-Token", "")
    return Claim(scope, date, signed, given["X-Amz-Signature"], token, int(expires))


def _in_time(claim: Claim, wall_now: float, protocol: str) -> None:
    try:
        signed_at = parse_iso(claim.date if _DATE.fullmatch(claim.date) else "")
    except ValueError:
        raise refusal(protocol, "incomplete") from None
    good_for = SKEW if claim.expires_in is None else claim.expires_in
    if wall_now > signed_at + good_for:
        raise refusal(protocol, "stale", f"{claim.date} is now earlier than {_basic(wall_now - good_for)}", wall_now)
    if signed_at > wall_now + SKEW:
        raise refusal(protocol, "early", f"{claim.date} is still later than {_basic(wall_now + SKEW)}", wall_now)


def _basic(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")


def _payload(claim: Claim, headers: Mapping[str, str], body: bytes, protocol: str) -> str:
    """The payload's line in the canonical request; what the request says of its body must be true."""
    said = headers.get("x-amz-content-sha256", "")
    if claim.expires_in is not None and claim.scope.service == "s3":
        return said or _UNSIGNED
    if said == _UNSIGNED or said.startswith("STREAMING-"):
        return said
    true = hashlib.sha256(body).hexdigest() if body else _EMPTY
    if said and said != true:
        raise refusal(protocol, "other body")
    return true


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], claim: Claim, payload: str
) -> str:
    """The text that is signed (before it is hashed)."""
    lines = [f"{name}:{' '.join(headers.get(name, '').split())}" for name in sorted(claim.signed)]
    location = path if claim.scope.service == "s3" else quote(_normal(path), safe="/~")
    named = ";".join(claim.signed)
    return "\n".join((method, location or "/", _canonical_query(query), *lines, "", named, payload))


def _canonical_query(query: str) -> str:
    if not query:
        return ""
    pairs = (part.partition("=") for part in query.split("&"))
    kept = [(_encoded(name), _encoded(value)) for name, _, value in pairs if name and name != "X-Amz-Signature"]
    return "&".join(f"{name}={value}" for name, value in sorted(kept))


def _encoded(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


def _normal(path: str) -> str:
    """The path without empty, `.` and `..` parts. RFC 3986 section 5.2.4."""
    if path in ("", "/"):
        return "/"
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            kept[-1:] = []
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept) + ("/" if path.endswith("/") and kept else "")


def signature(secret: str, scope: Scope, date: str, canonical: str) -> str:
    """The signature of a canonical request, in hexadecimal digits."""
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{ALGORITHM}\n{date}\n{scope.date}/{scope.region}/{scope.service}/aws4_request\n{hashed}"
    return hmac.digest(_signing_key(secret, scope.date, scope.region, scope.service), text.encode(), "sha256").hex()


@functools.lru_cache(maxsize=256)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(one.encode(), other.encode())
