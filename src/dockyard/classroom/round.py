"""A round of grading: every submission that is not judged yet, side by side, then nbgrader's gradebook and feedback.

Knows nothing about how one submission is judged.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from dockyard.classroom.bundles import Bundle
from dockyard.classroom.commands import nbgrader
from dockyard.classroom.course import ClassFolder
from dockyard.classroom.judging import judged, known
from dockyard.classroom.warm import warm
from dockyard.content.course import Lab
from dockyard.content.reading import open_course
from dockyard.errors import ClassroomError

__all__ = ["grade_all"]

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A submission of this round."""

    learner: str
    lab: str


def grade_all(course: ClassFolder, lab_id: str | None, jobs: int, say: Say) -> bool:
    """Judge what was handed in, so many side by side, then let nbgrader mark it; answers whether no mark is open.

    `say` is told a line for each submission as it is done. Raises ClassroomError when there is nothing to judge, a lab
    was not released, or nbgrader fails.
    """
    labs = [lab for lab in open_course().labs if course.handed_in(lab.id)]
    if lab_id is not None:
        labs = [open_course().lab(lab_id)]
    if not any(course.handed_in(lab.id) for lab in labs):
        raise ClassroomError(
            f"Nothing was handed in to {course.root}.", next_step="Submissions lie in submitted/LEARNER/LAB/LAB.ipynb."
        )
    for lab in labs:
        course.released(lab.id)
    found = dict(_judge(course, labs, jobs, say))
    for lab in labs:
        _mark(course, lab.id, {entry.learner: one for entry, one in found.items() if entry.lab == lab.id}, say)
    return not any(bundle.open for bundle in found.values())


def _judge(course: ClassFolder, labs: list[Lab], jobs: int, say: Say) -> Iterator[tuple[_Entry, Bundle]]:
    entries = [(_Entry(learner, lab.id), lab) for lab in labs for learner in course.handed_in(lab.id)]
    waiting: list[tuple[_Entry, Lab]] = []
    for entry, lab in entries:
        kept = known(course, entry.learner, lab)
        if kept is None or kept.retry:
            waiting.append((entry, lab))
        else:
            yield entry, kept
    if len(waiting) < len(entries):
        say(f"{len(entries) - len(waiting)} of {len(entries)} submissions are judged already and have not changed.")
    if waiting:
        yield from _judge_now(course, waiting, jobs, say)


def _judge_now(
    course: ClassFolder, waiting: list[tuple[_Entry, Lab]], jobs: int, say: Say
) -> Iterator[tuple[_Entry, Bundle]]:
    begun = time.monotonic()
    say(f"Judging {len(waiting)} submissions, {jobs} side by side …")
    labs = {lab.id: lab for _, lab in waiting}
    with (
        ThreadPoolExecutor(jobs) as pool,
        TemporaryDirectory(prefix="dockyard-warm-") as folder,
        warm(Path(folder), labs.values()) as processes,  # inside: where we are interrupted, nothing is left to wait for
    ):
        running = {pool.submit(judged, course, entry.learner, lab, processes): entry for entry, lab in waiting}
        for number, done in enumerate(as_completed(running), 1):
            entry, bundle = running[done], done.result()
            say(f"[{number}/{len(waiting)}] {entry.learner} · {entry.lab}: {_outcome(bundle)} ({bundle.seconds:.1f} s)")
            yield entry, bundle
    say(f"Judged {len(waiting)} submissions in {time.monotonic() - begun:.1f} s, {jobs} side by side.")


def _outcome(bundle: Bundle) -> str:
    if bundle.report is None:
        return bundle.unjudged
    left = "; a mark is open" if bundle.open else ""
    return " ".join((f"{bundle.report.points} of {bundle.report.of} points{left}", *bundle.remarks))


def _mark(course: ClassFolder, lab: str, bundles: dict[str, Bundle], say: Say) -> None:
    """nbgrader marks what it has not marked from this very bundle; it replays and runs nothing."""
    stale = [learner for learner, bundle in bundles.items() if _marked(course, learner, lab) != bundle.digest]
    for learner in stale:
        for step in ("autograded", "feedback"):
            shutil.rmtree(course.root / step / learner / lab, ignore_errors=True)
    if stale:
        say(f"nbgrader marks {lab} and writes feedback …")
        nbgrader(course.root, "autograde", lab, may_refuse=True)
        nbgrader(course.root, "generate_feedback", lab, may_refuse=True)
    for learner in stale:
        if not _feedback(course, learner, lab).is_dir():
            say(f"{learner} · {lab}: nbgrader did not mark it; nbgrader.log says why.")
        elif not bundles[learner].retry:
            course.bundle(learner, lab).joinpath("marked").write_text(bundles[learner].digest)
    say(f"{lab}: {len(bundles)} submissions, {len(stale)} of them marked in this round.")


def _marked(course: ClassFolder, learner: str, lab: str) -> str:
    file = course.bundle(learner, lab) / "marked"
    return file.read_text() if file.is_file() and _feedback(course, learner, lab).is_dir() else ""


def _feedback(course: ClassFolder, learner: str, lab: str) -> Path:
    return course.root / "feedback" / learner / lab
