"""The worked example from its first call to its last, and the part of it that MiniStack can do beside it.

Knows nothing about what the example's steps call.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from statistics import median

from example import BUILD, Example
from report import RUNS, Found, Row, amount, spread, timed
from servers import DOCKYARD, MINISTACK, serving


def measure() -> Found:
    """Whole, part, the peer's part, whole, part, …; everything is deleted again between two runs, untimed."""
    seconds: dict[str, list[float]] = {"whole": [], "deletion": [], "part": [], "peer": [], "client": []}
    with ExitStack() as servers:
        ours = Example(servers.enter_context(serving(DOCKYARD)))
        peer = Example(servers.enter_context(serving(MINISTACK))) if MINISTACK.installed else None
        part = _part(peer) if peer else []
        for run in range(RUNS + 1):
            found = {"whole": timed(ours.run), "deletion": timed(ours.delete)}
            if peer:
                found["part"] = timed(lambda: ours.run(part))
                before = time.process_time()
                found["peer"] = timed(lambda: peer.run(part))
                found["client"] = time.process_time() - before
                ours.delete()
                peer.delete()
            for name, value in found.items() if run else ():
                seconds[name].append(value)
    rows = [Row("example: create all to scaled in", median(seconds["whole"]), "s", 1.0)]
    notes = [spread("whole example", seconds["whole"]), spread("deleting it all again", seconds["deletion"])]
    if peer:
        middle = {name: 1000 * median(seconds[name]) for name in ("part", "peer")}
        rows.append(Row("example: MiniStack's part", middle["part"], "ms", 0.5, MINISTACK.name, middle["peer"]))
        refused = ", ".join(one for one in BUILD if one not in part)
        notes.append(f"MiniStack's part is all from find_network to make_alarms that it accepts; it refuses {refused}")
        notes.append(f"of its part, boto3 itself takes {amount(1000 * median(seconds['client']))} ms, whoever answers")
        notes += [spread("its part on dockyard", seconds["part"]), spread("its part on MiniStack", seconds["peer"])]
    return Found(rows, notes)


def _part(peer: Example) -> list[str]:
    part = peer.accepted()
    peer.delete()
    return part
