"""From making the process to the first answered ECS ListClusters, data folder and home fresh each time.

Knows nothing about how a server is started.
"""

from __future__ import annotations

from statistics import median

from report import RUNS, Found, Row, spread
from servers import DOCKYARD, MINISTACK, MOTO, Kind, serving


def measure() -> Found:
    """A B C A B C …, the first of each being the warm-up."""
    kinds = [kind for kind in (DOCKYARD, MOTO, MINISTACK) if kind.installed]
    seconds: dict[Kind, list[float]] = {kind: [] for kind in kinds}
    for run in range(RUNS + 1):
        for kind in kinds:
            with serving(kind) as server:
                if run:
                    seconds[kind].append(server.seconds_to_answer)
    ours = median(seconds[DOCKYARD])
    bars = {MOTO: 1.0, MINISTACK: 1.5}
    rows = [
        Row("start: to first answered ListClusters", ours, "s", bars[kind], kind.name, median(seconds[kind]))
        for kind in kinds[1:]
    ]
    return Found(rows, [spread(f"start of {kind.name}", runs) for kind, runs in seconds.items()])
