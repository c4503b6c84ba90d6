"""Judging one submission: what is known already is taken, else a process of its own finds it within a hard limit.

Knows nothing about what happens in that process (`sitting` does), or about gradebooks.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dockyard import __version__
from dockyard.classroom.accounts import class_secret, seed
from dockyard.classroom.bundles import Bundle
from dockyard.classroom.course import ClassFolder
from dockyard.classroom.kernel import end
from dockyard.classroom.sitting import Order
from dockyard.classroom.submission import read_submission
from dockyard.classroom.warm import Warm, ask
from dockyard.content.course import Lab

__all__ = ["digest", "judged", "known"]

_LATER = "Its mark is open: a person has to look."
_CRASHED = "The judge failed, which is not your fault"


def known(course: ClassFolder, learner: str, lab: Lab) -> Bundle | None:
    """What was found about exactly this submission before; None where it is new, has changed, or should be retried."""
    kept = Bundle.read(course.bundle(learner, lab.id))
    fits = kept is not None and not kept.retry and kept.digest == digest(course, learner, lab)
    return kept if fits else None


def judged(course: ClassFolder, learner: str, lab: Lab, warm: Warm) -> Bundle:
    """Run a submission, judge it and keep the bundle. Never raises for what the submission does; raises ClassroomError
    when the lab was not released.
    """
    bundle = _sitting(course, learner, lab, warm)
    bundle.write(course.bundle(learner, lab.id))
    return bundle


def digest(course: ClassFolder, learner: str, lab: Lab) -> str:
    """Names what a verdict depends on: the submitted files, those handed out, the checks, the limit, the version."""
    release = course.root / "release" / lab.id
    parts = hashlib.sha256(f"{__version__} {course.seconds}".encode())
    for folder, files in (
        (course.submitted(learner, lab.id), _files(course.submitted(learner, lab.id))),
        (release, _files(release)),
        (lab.steps[0].check.parent, [step.check for step in lab.steps]),
    ):
        for file in files:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            parts.update(f"\n{file.relative_to(folder)} {content}".encode())
    return parts.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """A folder's files in order; when it was handed in is no part of what was handed in."""
    yield from sorted(one for one in folder.rglob("*") if one.is_file() and one.name != "timestamp.txt")


def _sitting(course: ClassFolder, learner: str, lab: Lab, warm: Warm) -> Bundle:
    with tempfile.TemporaryDirectory(prefix="dockyard-grade-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        order = Order(
            lab.id,
            tuple(step.id for step in lab.steps),
            lab.opening is not None,
            seed(class_secret(course.root), learner),
            str(warm.sandboxes),
            str(course.submitted(learner, lab.id) / f"{lab.id}.ipynb"),
            str(course.root / "release" / lab.id / f"{lab.id}.ipynb"),
            digest(course, learner, lab),
            course.seconds,
        )
        _lay_out(course, learner, lab.id, scratch / "work")
        order.write(scratch)
        begun = time.monotonic()
        ended = _ended(warm, scratch, course.seconds)
        found = Bundle.read(scratch / "bundle") if ended else None
        bundle = found or _unjudged(order, course, lab.id, scratch, ended)
        return replace(bundle, seconds=round(time.monotonic() - begun, 2))


def _lay_out(course: ClassFolder, learner: str, lab: str, work: Path) -> None:
    """The files a learner handed in, and over them those that were handed out."""
    shutil.copytree(course.submitted(learner, lab), work, symlinks=True)
    source = course.source(lab)
    for file in _files(source):
        if file.suffix != ".ipynb":
            (work / file.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, work / file.relative_to(source))


def _ended(warm: Warm, scratch: Path, seconds: float) -> bool:
    """Whether the process that judges ended by itself in time; if not, all it started is ended."""
    asked = {"scratch": str(scratch), "log": str(scratch / "log")}
    with ask(warm.sittings, asked, seconds) as (process, lines):
        try:
            next(lines, "")  # it is done, or it crashed: the bundle tells
            return True
        except TimeoutError:
            return False
        finally:
            end(process)


def _unjudged(order: Order, course: ClassFolder, lab: str, scratch: Path, ended: bool) -> Bundle:
    """The bundle of a submission that did not end, or that our own judge failed on."""
    submission = read_submission(Path(order.submitted), course.released(lab))
    if not ended:
        sentence = f"The submission did not end within {course.seconds:g} seconds and was stopped. {_LATER}"
        return Bundle(order.digest, 0.0, submission.notebook, None, submission.remarks, sentence)
    lines = (scratch / "log").read_text(errors="replace").strip().splitlines()
    sentence = f"{_CRASHED} ({lines[-1][:200] if lines else 'it said nothing'}). {_LATER}"
    return Bundle(order.digest, 0.0, submission.notebook, None, submission.remarks, sentence, retry=True)
