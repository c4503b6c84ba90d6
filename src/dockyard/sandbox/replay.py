"""Replay: what each line of a journal does when it is done again.

Knows nothing about how lines are written or when to replay. Calls that only read, and calls that IAM
refused, are passed over: they changed nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockyard.cloud.clock import parse_iso
from dockyard.cloud.simulation import reads
from dockyard.errors import AwsError
from dockyard.sandbox import wire
from dockyard.sandbox.http import HttpRequest
from dockyard.sandbox.scope import Scope
from dockyard.sandbox.worlds import FAULT

if TYPE_CHECKING:
    from dockyard.sandbox.kept_account import KeptAccount

Line = dict[str, Any]


def again(kept: KeptAccount, line: Line, seed: str) -> None:
    """Do what the line says to the learner's world; `seed` is what the call's identifiers were drawn from."""
    repeat = _KINDS[line["kind"]]
    if "denied" not in line:
        repeat(kept, line, seed)


def _call(kept: KeptAccount, line: Line, _seed: str) -> None:
    if line["request"] is not None and not reads(line["operation"]):
        with contextlib.suppress(Exception if line["outcome"] == FAULT else AwsError):  # it was refused then, too
            kept.world.cloud.call(line["service"], line["operation"], line["region"], line["request"])


def _neighbour(kept: KeptAccount, line: Line, seed: str) -> None:
    if reads(line["operation"]):
        return
    sent = line["http"]
    asked_by = line.get("access_key", kept.birth.access_key)
    claim = Scope(asked_by, "20000101", line["region"], line["service"]).claim()
    headers = {**sent["headers"], "authorization": claim}
    http = HttpRequest(sent["method"], sent["path"], sent["query"], headers, kept.journal.body(sent["body"]))
    call = wire.recognise(http.method, http.path, http.query, http.headers, http.body)
    kept.world.handle(call, http, seed=seed, wall=parse_iso(line["wall"]))


def _observation(kept: KeptAccount, line: Line, _seed: str) -> None:
    """What was seen outside: a runtime's containers, real requests, or LocalStack's answers. Nothing is done again."""
    if "seen" in line:
        with contextlib.suppress(*[Exception] if line["outcome"] == FAULT else []):
            kept.world.cloud.observe(line["service"], line["region"], line["seen"])
    elif line.get("of") == "requests":
        kept.world.carried(line["region"], line["requests"])
    elif changed := line.get("changed"):
        kept.world.observe(line["operation"], line["region"], changed["secrets"])


def _advance(kept: KeptAccount, line: Line, _seed: str) -> None:
    with contextlib.suppress(*[Exception] if line.get("outcome") == FAULT else []):
        kept.world.cloud.advance_to(line["until"])


def _traffic(kept: KeptAccount, line: Line, _seed: str) -> None:
    with contextlib.suppress(AwsError):
        kept.offer(line["region"], line["offer"])


def _port(kept: KeptAccount, line: Line, _seed: str) -> None:
    kept.world.account.registry = line["registry"]


def _snapshot(kept: KeptAccount, line: Line, _seed: str) -> None:
    kept.keep_as(line["name"], line.get("images"))


def _restore(kept: KeptAccount, line: Line, _seed: str) -> None:
    kept.go_back(line["name"], line.get("forget", ()), line.get("marks", ()))


def _reset(kept: KeptAccount, _line: Line, _seed: str) -> None:
    kept.begin_again()


def _remark(_kept: KeptAccount, _line: Line, _seed: str) -> None:
    """It changed nothing."""


_KINDS: dict[str, Callable[[KeptAccount, Line, str], None]] = {
    "call": _call,
    "neighbour": _neighbour,
    "observation": _observation,
    "advance": _advance,
    "traffic": _traffic,
    "port": _port,
    "snapshot": _snapshot,
    "restore": _restore,
    "reset": _reset,
    "remark": _remark,
}
