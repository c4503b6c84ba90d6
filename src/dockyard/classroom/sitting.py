"""One submission's sitting, as a process of its own: a fresh sandbox, the notebook's cells, and then the verdicts.

Knows nothing about courses, gradebooks or other submissions: it reads an order from a scratch folder and leaves there
what it found. At each grade cell the account is kept as it is then. When the kernel has ended, each kept account is
judged: nothing that still runs can answer for it.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from dockyard.classroom.bundles import Bundle
from dockyard.classroom.kernel import run_cells
from dockyard.classroom.submission import Submission, read_submission
from dockyard.client import Client
from dockyard.demo import sandbox
from dockyard.grading.report import Report

__all__ = ["Order", "sit"]

#: Of the time a submission has, so much is for its cells; the rest is for the start and the verdicts.
_SHARE_OF_CELLS = 0.8
_ORDER = "order.json"


@dataclass(frozen=True, slots=True)
class Order:
    """What to judge: the lab, its steps, the account's seed, the submitted and the released notebook's files."""

    lab: str
    steps: tuple[str, ...]
    seed: str
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
        return Bundle(order.digest, 0.0, submission.notebook, unjudged=" ".join(submission.remarks))
    with sandbox(scratch / "data", "--clock", "stepped", "--seed", order.seed) as variables:
        client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        bundle = _run(order, submission, scratch, variables, client)
    return replace(bundle, seconds=round(time.monotonic() - begun, 2))


def _run(order: Order, submission: Submission, scratch: Path, variables: dict[str, str], client: Client) -> Bundle:
    environment = {**variables, **_grading(order.lab, scratch)}
    executed, stopped = run_cells(
        submission.notebook, scratch / "work", environment, order.seconds * _SHARE_OF_CELLS, client.snapshot
    )
    report = _judge(order, client)
    bundle = Bundle(order.digest, 0.0, executed, report, (*submission.remarks, *stopped))
    return replace(bundle, retry=bundle.open)


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


def _judge(order: Order, client: Client) -> Report:
    """Each step on the account as it was at the step's grade cell; as it is now where the cell was not reached."""
    reached = set(client.snapshots())
    steps = sorted(order.steps, key=lambda step: step in reached)
    reports: dict[str, Report] = {}
    for step in steps:
        if step in reached:
            client.restore(step)
        reports[step] = Report.from_json(client.check(order.lab, step))
    found = tuple(one for step in order.steps for one in reports[step].steps)
    return replace(reports[order.steps[-1]], steps=found)


def main(arguments: list[str]) -> None:
    """Judge what the order in the scratch folder says, and leave the bundle there."""
    scratch = Path(arguments[0])
    sit(Order.read(scratch), scratch).write(scratch / "bundle")


if __name__ == "__main__":
    main(sys.argv[1:])
