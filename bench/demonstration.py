"""`dockyard demo` from its start to its end, as `make demo` runs it after set-up.

Knows nothing about what it prints, but that full marks end with exit 0.
"""

from __future__ import annotations

import subprocess
from statistics import median

from report import RUNS, Found, Row, spread, timed
from servers import DOCKYARD, ROOT, plain_environment


def measure() -> Found:
    """The first run is the warm-up."""
    codes: list[int] = []

    def demo() -> None:
        command = [str(DOCKYARD.program), "demo"]
        done = subprocess.run(command, cwd=ROOT, env=plain_environment(), capture_output=True, check=False)
        codes.append(done.returncode)

    seconds = [timed(demo) for _ in range(RUNS + 1)][1:]
    notes = [spread("demo", seconds)]
    if any(codes):
        notes.append(f"demo did not earn full marks: exit codes {codes}")
    return Found([Row("demo, after set-up", median(seconds), "s", 30.0)], notes)
