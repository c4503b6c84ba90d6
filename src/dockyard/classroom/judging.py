"""Judging one submission: what is known already is taken, else a process of its own finds it within a hard limit.

Knows nothing about what happens in that process (`sitting` does), or about gradebooks.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dockyard import __version__
from dockyard.classroom.accounts import class_secret, seed
from dockyard.classroom.bundles import OPEN_MARK, Bundle
from dockyard.classroom.course import ClassFolder
from dockyard.classroom.ending import end
from dockyard.classroom.sitting import Order, begin
from dockyard.classroom.submission import read_submission
from dockyard.classroom.warm import Warm
from dockyard.content.course import Lab

__all__ = ["digest", "judged", "known"]

_CRASHED = "The judge failed, which is not your fault"


def known(course: ClassFolder, learner: str, lab: Lab) -> Bundle | None:
    """What was found about exactly this submission before; None where it is new or has changed."""
    kept = Bundle.read(course.bundle(learner, lab.id))
    return kept if kept is not None and kept.digest == digest(course, learner, lab) else None


def judged(course: ClassFolder, learner: str, lab: Lab, warm: Warm) -> Bundle:
    """Run a submission, judge it and keep the bundle. Never raises for what the submission does; raises ClassroomError
    when the lab was not released.
    """
    course.released(lab.id)
    try:
        bundle = _sitting(course, learner, lab, warm)
    except Exception as error:  # whatever it is, it is about this submission: the others go on
        bundle = _unjudged(course, learner, lab, f"{_CRASHED} ({error}).", ours=True)
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
            parts.update(f"\n{file.relative_to(folder)} {_content(file)}".encode(errors="surrogateescape"))
    return parts.hexdigest()


def _content(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def _files(folder: Path) -> Iterator[Path]:
    """A folder's files in order; when it was handed in is no part of what was handed in."""
    yield from sorted(one for one in folder.rglob("*") if one.is_file() and one.name != "timestamp.txt")


def _notebook(course: ClassFolder, learner: str, lab: str) -> Path:
    return course.submitted(learner, lab) / f"{lab}.ipynb"


def _sitting(course: ClassFolder, learner: str, lab: Lab, warm: Warm) -> Bundle:
    with tempfile.TemporaryDirectory(prefix="dockyard-grade-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        order = Order(
            lab.id,
            tuple(step.id for step in lab.steps),
            lab.opening is not None,
            seed(class_secret(course.root), learner),
            str(warm.sandboxes),
            str(_notebook(course, learner, lab.id)),
            str(course.root / "release" / lab.id / f"{lab.id}.ipynb"),
            digest(course, learner, lab),
            course.seconds,
        )
        _lay_out(course, learner, lab.id, scratch / "work")
        order.write(scratch)
        begun = time.monotonic()
        ended = _ended(warm, scratch, course.seconds)
        found = Bundle.read(scratch / "bundle") if ended else None
        bundle = found or _unjudged(course, learner, lab, *_reason(course, scratch, ended))
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
    process = begin(warm.sittings, scratch)
    try:
        process.communicate(timeout=seconds)  # it is done, or it crashed: the bundle tells
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        end(process.pid)
        process.communicate()


def _reason(course: ClassFolder, scratch: Path, ended: bool) -> tuple[str, bool]:
    """Why there is no verdict, and whether that is our fault."""
    if not ended:
        return f"The submission did not end within {course.seconds:g} seconds and was stopped.", False
    lines = (scratch / "log").read_text(errors="replace").strip().splitlines()
    return f"{_CRASHED} ({lines[-1][:200] if lines else 'it said nothing'}).", True


def _unjudged(course: ClassFolder, learner: str, lab: Lab, reason: str, ours: bool) -> Bundle:
    """The bundle of a submission without verdicts; what is our fault is tried again in the next round."""
    submission = read_submission(_notebook(course, learner, lab.id), course.released(lab.id))
    sentence = f"{reason} {OPEN_MARK}"
    return Bundle(
        digest(course, learner, lab), 0.0, submission.notebook, None, submission.remarks, sentence, retry=ours
    )
