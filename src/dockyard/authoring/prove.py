"""Prove: every step of every lab tried in real sandboxes, by its solution and by each of its named mistakes.

Knows nothing about printing. Fresh → not yet; each mistake → its own sentence; solution → passed; judged again → the
same; back → not yet.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dockyard import rehearsal
from dockyard.authoring.bench import Bench, Workshop, workshop
from dockyard.content import Lab, Mistake, Step, fill
from dockyard.content.imports import imported
from dockyard.demo import SANDBOX_LOADS
from dockyard.errors import DockyardError
from dockyard.grading import Report, StepReport, Verdict
from dockyard.grading.rendering import as_text
from dockyard.warm_python import warm_python

__all__ = ["Proof", "prove"]

#: What is forked: sandboxes as `dockyard up` serves them, and stand-ins for a learner.
LOADS = ("dockyard.cli.running", *SANDBOX_LOADS, *rehearsal.LOADS)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was tried of one step (or of the lab's opening) with one seed; `faults` is empty where all of it holds."""

    lab: str
    step: str
    seed: str
    faults: tuple[str, ...]

    def __str__(self) -> str:
        head = f"{self.lab}/{self.step} (seed {self.seed}): "
        return head + ("proven" if not self.faults else "; ".join(self.faults))


def prove(
    labs: Iterable[Lab], seeds: Sequence[str], jobs: int, packages: Path, tell: Callable[[Proof], None]
) -> list[Proof]:
    """Prove each lab with each seed, so many side by side; `tell` hears of each step as it is done.

    `packages` is a folder for what containers need of the index; what was fetched once is found there next time.
    """
    of = list(labs)
    loads = (*LOADS, *sorted({name for lab in of for name in imported(lab)}))
    with (
        tempfile.TemporaryDirectory(prefix="dockyard-prove-") as folder,
        warm_python(Path(folder, "python"), loads) as python,
    ):
        packages.mkdir(parents=True, exist_ok=True)
        shared = _Shared(packages, python.variables)
        with ThreadPoolExecutor(jobs) as pool:
            proven = pool.map(lambda one: _labs(one[0], one[1], shared, tell), _work(of, seeds, jobs))
            return [proof for proofs in proven for proof in proofs]


def _work(labs: Sequence[Lab], seeds: Sequence[str], jobs: int) -> Iterator[tuple[Sequence[Lab], str]]:
    """The labs that one sandbox proves: all of a seed, unless there are fewer seeds than jobs.

    Each seed begins with another lab, so that an image that is the same with another is known by then.
    """
    shares = max(1, jobs // len(seeds))
    for number, seed in enumerate(seeds):
        first = number * len(labs) // len(seeds)
        turned = [*labs[first:], *labs[:first]]
        yield from ((turned[one::shares], seed) for one in range(min(shares, len(labs))))


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the sandboxes of one run have in common: what was fetched, and a Python that has imported what they need."""

    packages: Path
    variables: Mapping[str, str]


def _labs(labs: Sequence[Lab], seed: str, shared: _Shared, tell: Callable[[Proof], None]) -> list[Proof]:
    proofs = []
    with tempfile.TemporaryDirectory(prefix="dockyard-prove-") as folder:
        options = ("--seed", seed)
        with workshop(Path(folder), *options, packages=shared.packages, variables=shared.variables) as place:
            for lab in labs:
                for proof in _proofs(lab, seed, place):
                    proofs.append(proof)
                    tell(proof)
    return proofs


def _proofs(lab: Lab, seed: str, place: Workshop) -> Iterator[Proof]:
    try:
        with place.bench(lab) as tried:
            yield Proof(lab.id, "opening", seed, tuple(tried.lacks))
            for step in lab.steps:
                tried.up_to(step.id)
                yield Proof(lab.id, step.id, seed, tuple(_faults(step, tried)))
    except DockyardError as error:
        yield Proof(lab.id, "(whole)", seed, (str(error),))


def _faults(step: Step, tried: Bench) -> Iterator[str]:
    yield from _not(Verdict.NOT_YET, tried.judge(step.id), "fresh")
    for mistake in step.mistakes:
        yield from _mistake(mistake, step, tried)
    passed, error = tried.solve()
    if error:
        yield f"the solution ended with an error: {error}"
    yield from _not(Verdict.PASSED, passed, "solution")
    if tried.judge(step.id) != passed:
        yield "judged again, the verdict is another"
    tried.back()
    yield from _not(Verdict.NOT_YET, tried.judge(step.id), "back")


def _mistake(mistake: Mistake, step: Step, tried: Bench) -> Iterator[str]:
    report, _ = tried.attempt(step.id, mistake.cell)
    yield from _not(Verdict.NOT_YET, report, f"mistake {mistake.name}")
    earns = fill(mistake.earns, tried.values)
    if earns not in said(report):
        yield f"mistake {mistake.name} does not earn {earns!r} but: {said(report)}"


def _not(wanted: Verdict, report: StepReport, what: str) -> Iterator[str]:
    if report.verdict is not wanted:
        yield f"{what} is {report.verdict}, not {wanted}: {said(report)}"


def said(report: StepReport) -> str:
    """A step's verdict as the learner reads it."""
    return as_text(Report("", "", "", (report,)))
