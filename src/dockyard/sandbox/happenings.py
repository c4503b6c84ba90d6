"""What happened in an account, as a person wants to read it: from its causes, in order, with simulated time.

Knows nothing about who asks. What only explains something else (the datapoints behind an alarm) or says it twice is
left out here; the chain of causes keeps it.
"""

from __future__ import annotations

import re
from typing import Any

from dockyard.cloud.account import Account
from dockyard.cloud.clock import iso

__all__ = ["happenings", "readable"]

#: At most so many are told at once, the latest.
MOST = 500
_NO_NEWS = re.compile(
    r"(InitiateLayerUpload|UploadLayerPart|CompleteLayerUpload|PutImage) was called$"  # a push is told by its image
    r"|(Average|Sum|Minimum|Maximum|SampleCount) of "  # the alarm tells of its datapoints
    r"|desiredCount of .* became "  # the scaling activity says it with both counts
    r"|\(service [^)]*\) has stopped "  # each task says it with its reason
    r"|\(service [^)]*\) (de)?registered "  # each target tells of its health
    r"|target \S+ became (initial|unused)"
)
_SHORTER = (
    (re.compile(r"^0 requests/s of .* were offered to "), "no more requests are offered to "),
    (re.compile(r": Target deregistration is in progress$"), ""),
    # of an alarm's reason, what the datapoints before it say better
    (re.compile(r"(datapoints?) \[[^\]]*\]"), r"\1"),
    (re.compile(r" \(minimum [^)]*\)\.?$"), ""),
    (re.compile(r"arn:aws:[^\s)]*:targetgroup/([^/\s)]+)/[0-9a-f]+"), r"\1"),
    (re.compile(r"arn:aws:[^\s)]*[:/]([^:/\s)]+)"), r"\1"),
    (re.compile(r"\b(sha256:[0-9a-f]{12})[0-9a-f]{52}\b"), r"\1"),
    (re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24}\b"), r"\1"),
    (re.compile(r"\becs-svc/\d{15}(\d{4})\b"), r"ecs-svc/…\1"),
)


def happenings(account: Account, after: int) -> dict[str, Any]:
    """`{"events": [{"number", "at", "what", "because"}], "latest": n}`: those with a number above `after`.

    `because` is the sentence of what led to it, "" where nothing in the account did.
    """
    kept = account.causes.kept
    told = [
        {"number": number, "at": iso(cause.at), "what": readable(cause.what), "because": _because(account, number)}
        for number, cause in kept.items()
        if number > after and not _NO_NEWS.match(cause.what)
    ]
    return {"events": told[-MOST:], "latest": account.causes.noted}


def readable(text: str) -> str:
    """A sentence of the account with its ARNs and long identifiers cut to what a person tells them apart by."""
    for pattern, shorter in _SHORTER:
        text = pattern.sub(shorter, text)
    return text


def _because(account: Account, number: int) -> str:
    """What led to a cause: the one before it in the chain that says something else."""
    behind = account.causes.kept.get(account.causes.kept[number].because)
    if behind is not None and behind.what.startswith("desiredCount of "):
        behind = account.causes.kept.get(behind.because)
    return readable(behind.what) if behind else ""
