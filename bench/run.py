"""The bench: every figure, side by side in one run, as one table. `python bench/run.py start calls` runs only these.

Knows nothing about the bars' meaning: a figure over its bar is printed as such and fails nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import balancer
import calls
import containers
import course
import day
import demonstration
import forks
import grading
import images
import memory
import prediction
import start
import worked
from report import Found, Row, machine, table
from servers import MINISTACK

FIGURES: dict[str, Callable[[], Found]] = {
    "start": start.measure,
    "example": worked.measure,
    "calls": calls.measure,
    "memory": memory.measure,
    "day": day.measure,
    "fork": forks.measure,
    "demo": demonstration.measure,
    "grading": grading.measure,
    "balancer": balancer.measure,
    "images": images.measure,
    "course": course.measure,
    "containers": containers.measure,
    "prediction": prediction.measure,
}


def main(names: list[str]) -> int:
    """Measure the figures named (all where none is); 1 when one could not be measured, 2 for an unknown name."""
    unknown = sorted(set(names) - set(FIGURES))
    if unknown:
        print(f"There is no figure {', '.join(unknown)}. There are: {', '.join(FIGURES)}.")
        return 2
    print(machine())
    if not MINISTACK.installed:
        print("MiniStack is not installed: its rows are left out (`make bench` installs it).")
    rows, notes, failed = measured(names or list(FIGURES))
    print(f"\n{table(rows)}\n")
    print("\n".join((*notes, *failed)))
    return 1 if failed else 0


def measured(names: list[str]) -> tuple[list[Row], list[str], list[str]]:
    """Rows, notes, and what could not be measured; one figure's failure leaves the others standing."""
    rows: list[Row] = []
    notes: list[str] = []
    failed: list[str] = []
    for name in names:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        try:
            found = FIGURES[name]()
        except Exception as error:
            failed.append(f"{name} could not be measured: {type(error).__name__}: {error}")
            continue
        rows += found.rows
        notes += [f"[{name}] {note}" for note in found.notes]
    return rows, notes, failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
