"""What memory holds: a server after the worked example, a further untouched account, an account at rest after it.

Knows nothing about what is in that memory; it asks the operating system. Accounts are opened as a sandbox opens
them, in a process of their own: `python memory.py FOLDER` prints the megabytes of one account of each sort.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psutil
from example import Example
from kept import after_example, copied
from report import RUNS, Found, Row, amount
from servers import DOCKYARD, MOTO, Kind, serving

from dockyard.sandbox.learner import Learner
from dockyard.sandbox.snapshot_file import SNAPSHOT_FILE

#: A server may still load in the background what it put off; that counts.
REST_SECONDS = 2.0
START = 1_800_000_000.0
UNTOUCHED, AT_REST = 200, 50


def measure() -> Found:
    """Servers in turn; then the accounts, each run a fresh process."""
    resident: dict[Kind, list[tuple[float, float]]] = {DOCKYARD: [], MOTO: []}
    parts: dict[Kind, list[str]] = {}
    for run in range(RUNS + 1):
        for kind, found in resident.items():
            memory = _server(kind, parts)
            if run:
                found.append(memory)
    ours, theirs = ([median(one[which] for one in resident[kind]) for which in (0, 1)] for kind in (DOCKYARD, MOTO))
    with after_example() as folder:
        accounts = [_in_a_process(folder) for _ in range(RUNS + 1)][1:]
    rows = [
        Row("memory: process after the example", ours[0], "MB", 1.0, MOTO.name, theirs[0]),
        Row("memory: each further untouched account", median(one["untouched"] for one in accounts), "MB", 0.05),
        Row("memory: each account at rest after it", median(one["at rest"] for one in accounts), "MB", 0.5),
    ]
    replayed = median(one["replayed"] for one in accounts)
    notes = [
        f"unshared memory of the process: {amount(ours[1])} MB, moto_server {amount(theirs[1])} MB",
        "an account at rest is one opened from its snapshot; one that just did the example, its neighbours not yet "
        f"put away (here by replay), holds {amount(replayed)} MB",
    ]
    return Found(rows, notes)


def _server(kind: Kind, parts: dict[Kind, list[str]]) -> tuple[float, float]:
    """Resident and unshared megabytes of a fresh server after as much of the example as it can do."""
    with serving(kind) as server:
        example = Example(server)
        if kind is DOCKYARD:
            example.run()
        elif kind in parts:
            example.run(parts[kind])
        else:
            parts[kind] = example.accepted()
        time.sleep(REST_SECONDS)
        return server.memory()


def _in_a_process(folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, str(folder)]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def accounts(folder: Path) -> dict[str, float]:
    """Megabytes of an untouched account, and of one like that in the data folder."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        place = Path(name)

        def born(number: int) -> Learner:
            return _opened(place / f"born-{number}", str(number))

        def kept(number: int) -> Learner:
            return _opened(copied(folder, place / f"kept-{number}"))

        def replayed(number: int) -> Learner:
            return _opened(copied(folder, place / f"replayed-{number}", SNAPSHOT_FILE))

        held: list[Learner] = []  # to the end: what one sort gave back, the next would take without being noticed
        return {
            "untouched": _each(born, UNTOUCHED, held),
            "at rest": _each(kept, AT_REST, held),
            "replayed": _each(replayed, AT_REST, held),
        }


def _opened(folder: Path, seed: str | None = None) -> Learner:
    return Learner.open(folder, seed=seed, start=START, port=4566)


def _each(make: Callable[[int], Learner], count: int, held: list[Learner]) -> float:
    """The megabytes by which each of so many accounts makes this process larger."""
    held += [make(-number) for number in range(1, 6)]  # what the first ones load is not theirs
    before = _unshared()
    held += [make(number) for number in range(count)]
    return (_unshared() - before) / count


def _unshared() -> float:
    gc.collect()
    return float(psutil.Process().memory_full_info().uss) / 1e6


if __name__ == "__main__":
    print(json.dumps(accounts(Path(sys.argv[1]))))
