"""Names: what a repository, a tag and a digest may be called, wildcards, and what an image's URI means.

Knows nothing about which repositories and images exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
REPOSITORY_PATTERN = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FILTER = re.compile(r"[0-9a-zA-Z._*-]{1,128}")
_REFERENCE = re.compile(r"(?P<host>[^/@]+)/(?P<path>[^:@]+)(?::(?P<tag>[^:@/]+))?(?:@(?P<digest>.+))?")
_AWS_HOST = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")

SHORTEST, LONGEST = 2, 256


def wrong_repository_name(name: str) -> str:
    """What is wrong with a repository's name, as ECR puts it after "failed to satisfy constraint"; "" for nothing."""
    if len(name) < SHORTEST:
        return f"must have length greater than or equal to {SHORTEST}"
    if len(name) > LONGEST:
        return f"must have length less than or equal to {LONGEST}"
    return "" if _REPOSITORY.fullmatch(name) else f"must satisfy regular expression '{REPOSITORY_PATTERN}'"


def is_tag(text: str) -> bool:
    """Whether Docker and ECR take this as a tag."""
    return bool(_TAG.fullmatch(text))


def is_digest(text: str) -> bool:
    """Whether this is a SHA-256 digest: `sha256:` and 64 hexadecimal digits."""
    return bool(_DIGEST.fullmatch(text))


def is_filter(text: str) -> bool:
    """Whether ECR takes this as an exclusion filter: characters of a tag and at most two wildcards."""
    return bool(_FILTER.fullmatch(text)) and text.count("*") <= 2


def matches(pattern: str, tag: str) -> bool:
    """Whether a pattern means this tag: * stands for any characters, the pattern covers the whole tag."""
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), tag) is not None


@dataclass(slots=True, frozen=True)
class Reference:
    """An image's name taken apart: `region` is "" where the name says none; `what` is a tag or a digest."""

    account: str
    region: str
    repository: str
    what: str


def read_reference(image: str) -> Reference | None:
    """What an image's URI means; None when it cannot be an image in ECR.

    Two shapes: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME` as AWS prints it, and `HOST:PORT/ACCOUNT/NAME` as we print
    it (any port: names with an earlier port of the account still mean its registry). Then `:TAG`, `@DIGEST` or both;
    a digest wins, without either it means `latest`.
    """
    found = _REFERENCE.fullmatch(image)
    if found is None:
        return None
    host, path = found["host"], found["path"]
    what = found["digest"] or found["tag"] or "latest"
    if aws := _AWS_HOST.fullmatch(host):
        return Reference(aws["account"], aws["region"], path, what)
    account, _, repository = path.partition("/")
    if (":" in host or host == "localhost" or host == "127.0.0.1") and re.fullmatch(r"\d{12}", account) and repository:
        return Reference(account, "", repository, what)
    return None
