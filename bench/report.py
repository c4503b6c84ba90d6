"""The table of figures: what was measured, against whom, and whether it is within its bar.

Knows nothing about how a figure is measured.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: Every figure is the median of so many runs after a warm-up.
RUNS = 5


@dataclass(slots=True, frozen=True)
class Row:
    """A figure: `ours` (and the peer's) in `unit`; the bar is for their ratio where there is a peer, else for ours."""

    figure: str
    ours: float
    unit: str
    bar: float
    peer: str = ""
    theirs: float = 0.0

    @property
    def measured(self) -> float:
        """What the bar is for."""
        return self.ours / self.theirs if self.peer else self.ours

    @property
    def good(self) -> bool:
        """Whether the figure is within its bar."""
        return self.measured <= self.bar

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        theirs = f"{amount(self.theirs)} {self.unit} ({self.peer})" if self.peer else ""
        ratio = f"{self.measured:.2f} x" if self.peer else ""
        bar = f"<= {self.bar:g} {'x' if self.peer else self.unit}"
        return self.figure, f"{amount(self.ours)} {self.unit}", theirs, ratio, bar, "ok" if self.good else "OVER"


@dataclass(slots=True, frozen=True)
class Found:
    """What a module measured: rows for the table, and lines of detail below it."""

    rows: list[Row]
    notes: list[str]


def amount(value: float) -> str:
    """A number with three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    head = ("figure", "dockyard", "peer", "ratio", "bar", "")
    lines = [head, *(row.cells() for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join((texts[0], "-" * len(texts[0]), *texts[1:]))


def machine() -> str:
    """Where this was measured, in a line."""
    model = next((line.split(":", 1)[1].strip() for line in _processors() if line.startswith("model name")), "")
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores{f' ({model})' if model else ''}, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, load {load:.1f} when it began"
    )


def _processors() -> list[str]:
    try:
        with open("/proc/cpuinfo") as file:
            return file.readlines()
    except OSError:
        return []


def timed(action: Callable[[], object]) -> float:
    """The seconds an action takes."""
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


def spread(name: str, seconds: Sequence[float]) -> str:
    """A line of detail: the runs behind a median."""
    ordered = sorted(seconds)
    return f"{name}: {len(ordered)} runs, {amount(ordered[0] * 1000)} to {amount(ordered[-1] * 1000)} ms"
