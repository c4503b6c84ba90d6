"""A fork of the world after the worked example, and the replay of its journal.

Knows nothing about HTTP: it opens the data folder as a sandbox does.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from kept import after_example, copied
from report import RUNS, Found, Row, amount, spread, timed

from dockyard.sandbox.learner import Learner
from dockyard.sandbox.snapshot_file import SNAPSHOT_FILE

FORKS = 50


def measure() -> Found:
    """Replays into fresh folders' copies; then forks of what the last replay made."""
    with after_example() as folder, tempfile.TemporaryDirectory(prefix="bench-") as place:
        opened: list[Learner] = []

        def replay() -> None:
            opened.append(Learner.open(copies[len(opened)], seed=None, start=0.0, port=4566))

        copies = [copied(folder, Path(place) / str(number), SNAPSHOT_FILE) for number in range(RUNS + 1)]
        replays = [timed(replay) for _ in copies][1:]
        world, lines = opened[-1].world, opened[-1].journal.lines
        kept = (folder / SNAPSHOT_FILE).stat().st_size / 1000
    first = timed(lambda: world.fork("first"))
    forks = [timed(lambda: world.fork("again")) for _ in range(FORKS)]
    simulated = len(world.account.frozen()) / 1000
    rows = [
        Row("fork after the example", 1000 * median(forks), "ms", 5.0),
        Row("replay of its journal", median(replays), "s", 1.0),
    ]
    notes = [
        f"the first fork, which pickles the neighbours that were touched: {amount(1000 * first)} ms",
        spread("forks", forks),
        spread(f"replays of {lines} lines", replays),
        f"the snapshot holds {amount(kept)} KB, of which the simulated services {amount(simulated)} KB",
    ]
    return Found(rows, notes)
