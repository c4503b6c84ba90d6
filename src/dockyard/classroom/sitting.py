"""One submission's sitting, as a process of its own: a fresh sandbox, the notebook's cells, and then the verdicts.

Knows nothing about courses, gradebooks or other submissions: it reads an order from a scratch folder and leaves there
what it found. At each grade cell the account is kept as it is then. When the kernel has ended, each kept account is
judged: nothing that still runs can answer for it.
"""

from __future__ import annotations

import ast
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dockyard.classroom.bundles import OPEN_MARK, Bundle
from dockyard.classroom.forks import WaitingKernel
from dockyard.classroom.kernel import run_cells
from dockyard.classroom.processes import fork, leave_the_warm_python
from dockyard.classroom.sandboxes import sandbox
from dockyard.classroom.submission import Submission, read_submission
from dockyard.client import Client
from dockyard.grading.report import Report
from dockyard.warm_python import Process

__all__ = ["Order", "begin", "opens_itself"]

#: Of the time a submission has, so much is for its cells; the rest is for the start and the verdicts.
_SHARE_OF_CELLS = 0.8
#: Past its limit so much longer, a sitting ends even where nobody is left to end it.
_GRACE = 30
_ORDER = "order.json"


@dataclass(frozen=True, slots=True)
class Order:
    """What to judge: the lab, its steps, whether it opens from a cloud that is there already, the account's seed; where
    sandboxes come from; the submitted notebook's file and the released one's; how many seconds it may take.
    """

    lab: str
    steps: tuple[str, ...]
    opens: bool
    seed: str
    sandboxes: str
    submitted: str
    released: str
    digest: str
    seconds: float

    def write(self, scratch: Path) -> None:
        """Leave it in the scratch folder."""
        (scratch / _ORDER).write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, scratch: Path) -> Order:
        """The order in a scratch folder."""
        told = json.loads((scratch / _ORDER).read_text())
        return cls(**{**told, "steps": tuple(told["steps"])})


def sit(order: Order, scratch: Path) -> Bundle:
    """Run and judge. In `scratch/work` lie the learner's files; the rest of the folder is ours to use."""
    begun = time.monotonic()
    released = json.loads(Path(order.released).read_text())
    submission = read_submission(Path(order.submitted), released)
    if not submission.readable:
        return Bundle(order.digest, 0.0, submission.notebook, unjudged=" ".join((*submission.remarks, OPEN_MARK)))
    waiting = WaitingKernel()
    with sandbox(Path(order.sandboxes), scratch / "data", order.seed, scratch / "log") as variables:
        bundle = _run(order, submission, scratch, variables, waiting)
    return replace(bundle, seconds=round(time.monotonic() - begun, 2))


def _run(
    order: Order, submission: Submission, scratch: Path, variables: dict[str, str], waiting: WaitingKernel
) -> Bundle:
    client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
    if order.opens and not opens_itself(submission.notebook):
        client.open(order.lab, "opening")
    reached: list[str] = []

    def at_check(step: str) -> None:
        client.keep(_kept(step))
        reached.append(step)

    executed, stopped = run_cells(
        submission.notebook,
        waiting,
        scratch / "work",
        {**variables, **_grading(order.lab, scratch)},
        order.seconds * _SHARE_OF_CELLS,
        at_check,
    )
    report = _judge(order, client, reached)
    bundle = Bundle(order.digest, 0.0, executed, report, (*submission.remarks, *stopped))
    return replace(bundle, retry=bundle.open)


def _kept(step: str) -> str:
    return f"at the check of {step}"


def opens_itself(notebook: dict[str, Any]) -> bool:
    """Whether a cell calls `lab.start("opening")`, so that we need not: making that state takes seconds."""
    cells = (cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    calls = (node for source in cells for node in _nodes(source) if isinstance(node, ast.Call))
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "start"
        and any(isinstance(one, ast.Constant) and one.value == "opening" for one in call.args)
        for call in calls
    )


def _nodes(source: str) -> Iterator[ast.AST]:
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        yield from ast.walk(ast.parse(source))


def _grading(lab: str, scratch: Path) -> dict[str, str]:
    """What the kernel is told besides: its lab, a home of its own, and to move the clock where it would sleep."""
    startup = scratch / "home" / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-time.py").write_text("from dockyard.classroom.stepping import install; install(); del install\n")
    return {
        "DOCKYARD_LAB": lab,
        "HOME": str(scratch / "home"),
        "IPYTHONDIR": str(scratch / "home" / "ipython"),
        "NBGRADER_EXECUTION": "autograde",
    }


def _judge(order: Order, client: Client, reached: list[str]) -> Report:
    """Each step on the account as it was at the step's grade cell; as it is now where the cell was not reached."""
    reports: dict[str, Report] = {}
    for step in sorted(order.steps, key=lambda step: step in reached):
        if step in reached:
            client.restore(_kept(step))
        reports[step] = Report.from_json(client.check(order.lab, step))
    found = tuple(one for step in order.steps for one in reports[step].steps)
    return replace(reports[order.steps[-1]], steps=found)


def begin(place: Path, scratch: Path) -> Process:
    """The process that judges what the order in a scratch folder says, by the warm Python that listens at a place."""
    return fork(place, __name__, str(scratch), log=scratch / "log")


def main(folder: str) -> None:
    """Judge what the order in a scratch folder says, and leave the bundle there."""
    leave_the_warm_python()
    os.dup2(2, 1)  # what it says goes to its log
    scratch = Path(folder)
    order = Order.read(scratch)
    signal.alarm(int(order.seconds) + _GRACE)
    sit(order, scratch).write(scratch / "bundle")


if __name__ == "__main__":
    main(*sys.argv[1:])
