"""A round of grading: every submission that is not judged yet, side by side, and each that is judged goes to nbgrader.

Knows nothing about how one submission is judged, or how nbgrader marks it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from dockyard.classroom.bundles import Bundle
from dockyard.classroom.course import ClassFolder
from dockyard.classroom.judging import judged, known
from dockyard.classroom.marking import is_marked, mark
from dockyard.classroom.warm import warm, warm_nbgrader
from dockyard.content.course import Lab
from dockyard.content.reading import open_course
from dockyard.errors import ClassroomError
from dockyard.sandbox.options import wheels_folder

__all__ = ["grade_all"]

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A submission of this round."""

    learner: str
    lab: str

    def __str__(self) -> str:
        return f"{self.learner} · {self.lab}"


def grade_all(course: ClassFolder, lab_id: str | None, jobs: int, say: Say) -> bool:
    """Judge what was handed in, so many side by side, and let nbgrader mark it; answers whether no mark is open.

    `say` is told a line for each submission as it is done. Raises ClassroomError when there is nothing to judge or a
    lab was not released, SandboxError where DOCKYARD_WHEELS names no folder.
    """
    labs = {lab.id: lab for lab in open_course().labs if course.handed_in(lab.id)}
    if lab_id is not None:
        labs = {lab_id: open_course().lab(lab_id)}
    entries = [_Entry(learner, lab) for lab in labs for learner in course.handed_in(lab)]
    if not entries:
        raise ClassroomError(
            f"Nothing was handed in to {course.root}.", next_step="Submissions lie in submitted/LEARNER/LAB/LAB.ipynb."
        )
    for lab in labs:
        course.released(lab)
    wheels_folder()  # else each sandbox would stumble over one that is none
    return _Round(course, labs, say).run(entries, jobs)


class _Round:
    """One round; `found` holds what is known of each submission, `marks` what becomes of those given to nbgrader."""

    def __init__(self, course: ClassFolder, labs: dict[str, Lab], say: Say) -> None:
        self._course, self._labs, self._say = course, labs, say
        self._found: dict[_Entry, Bundle] = {}
        self._marks: dict[_Entry, Future[bool]] = {}

    def run(self, entries: list[_Entry], jobs: int) -> bool:
        """The whole of it; answers whether no mark is open."""
        for entry in entries:
            kept = known(self._course, entry.learner, self._labs[entry.lab])
            if kept is not None and not kept.retry:
                self._found[entry] = kept
        if self._found:
            self._say(f"{len(self._found)} of {len(entries)} submissions are judged already and have not changed.")
        waiting = [entry for entry in entries if entry not in self._found]
        stale = [
            entry for entry, kept in self._found.items() if not is_marked(self._course, entry.learner, entry.lab, kept)
        ]
        if waiting or stale:
            self._work(waiting, stale, jobs)
        for lab in self._labs:
            of = [entry for entry in entries if entry.lab == lab]
            marked = sum(self._marks[entry].result() for entry in of if entry in self._marks)
            self._say(f"{lab}: {len(of)} submissions, {marked} of them marked in this round.")
        return not any(bundle.open for bundle in self._found.values())

    def _work(self, waiting: list[_Entry], stale: list[_Entry], jobs: int) -> None:
        with (
            ThreadPoolExecutor(1) as marker,  # a gradebook has one writer
            TemporaryDirectory(prefix="dockyard-warm-") as folder,
            self._judging(waiting, jobs, Path(folder)) as judging,
            warm_nbgrader(Path(folder)) as nbgrader,  # inside: where we are interrupted, nothing is left to wait for
        ):
            for entry in chain(stale, judging):
                words = (nbgrader, self._course, entry.learner, entry.lab, self._found[entry])
                self._marks[entry] = marker.submit(mark, *words)
            if left := sum(not one.done() for one in self._marks.values()):
                self._say(f"nbgrader marks the last {left} and writes their feedback …")
            for entry, marked in self._marks.items():
                if not marked.result():
                    self._say(f"{entry}: nbgrader did not mark it; nbgrader.log says why.")

    @contextmanager
    def _judging(self, waiting: list[_Entry], jobs: int, folder: Path) -> Iterator[Iterator[_Entry]]:
        """Judge them while the block runs; each comes as it is done."""
        if not waiting:
            yield iter(())
            return
        self._say(f"Judging {len(waiting)} submissions, {jobs} side by side …")
        labs = {entry.lab: self._labs[entry.lab] for entry in waiting}
        with ThreadPoolExecutor(jobs) as pool, warm(folder, labs.values()) as processes:
            running = {pool.submit(judged, self._course, one.learner, labs[one.lab], processes): one for one in waiting}
            yield self._judged(running)

    def _judged(self, running: dict[Future[Bundle], _Entry]) -> Iterator[_Entry]:
        begun = time.monotonic()
        for number, done in enumerate(as_completed(running), 1):
            entry, bundle = running[done], done.result()
            self._found[entry] = bundle
            self._say(f"[{number}/{len(running)}] {entry}: {_outcome(bundle)} ({bundle.seconds:.1f} s)")
            yield entry
        self._say(f"Judged {len(running)} submissions in {time.monotonic() - begun:.1f} s.")


def _outcome(bundle: Bundle) -> str:
    if bundle.report is None:
        return bundle.unjudged
    left = "; a mark is open" if bundle.open else ""
    return " ".join((f"{bundle.report.points} of {bundle.report.of} points{left}", *bundle.remarks))
