"""The credential scope a request claims: who signed, for which day, region and service. Claimed, not proven.

Knows nothing about secrets or services.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(slots=True, frozen=True)
class Scope:
    """`Credential=ACCESS_KEY/DATE/REGION/SERVICE/aws4_request`, taken apart."""

    access_key: str
    date: str
    region: str
    service: str

    def claim(self) -> str:
        """An Authorization header that claims this scope, and proves nothing."""
        scope = f"{self.access_key}/{self.date}/{self.region}/{self.service}/aws4_request"
        return f"{ALGORITHM} Credential={scope}, SignedHeaders=host, Signature=0"


def scope_of(headers: Mapping[str, str], query: str) -> Scope | None:
    """The scope in the Authorization header or the presigned query string, None where there is none to read."""
    signed = headers.get("authorization", "")
    if signed.startswith(ALGORITHM):
        return parse_scope(_between(signed, "Credential=", ", "))
    if "X-Amz-Credential=" in query:
        return parse_scope(unquote(_between(query, "X-Amz-Credential=", "&")))
    return None


def parse_scope(text: str) -> Scope | None:
    """The scope that a credential text spells. An access key holds no slash, but split from the right all the same."""
    parts = text.rsplit("/", 4)
    return Scope(*parts[:4]) if len(parts) == 5 and parts[4] == "aws4_request" and all(parts) else None


def _between(text: str, start: str, ends: str) -> str:
    """What stands after `start`, up to any of the characters of `ends`."""
    found = text[text.find(start) + len(start) :] if start in text else ""
    for end in ends:
        found = found.split(end, 1)[0]
    return found
