"""Marking one submission: stock nbgrader's own commands for it, in forks of a warm Python.

Knows nothing about how a submission is judged: nbgrader's configuration of the course says what they do with it.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from dockyard.classroom.bundles import Bundle
from dockyard.classroom.commands import search_path
from dockyard.classroom.course import ClassFolder
from dockyard.classroom.processes import fork, leave_the_warm_python
from dockyard.classroom.warm import place_of
from dockyard.warm_python import WarmPython

__all__ = ["is_marked", "mark"]


def warm() -> None:
    """Write a page, so that what pages are made of is read and compiled: a third of a second, else spent for each."""
    from nbconvert import HTMLExporter
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    HTMLExporter().from_notebook_node(new_notebook(cells=[new_markdown_cell("*a*"), new_code_cell("1")]))


def is_marked(course: ClassFolder, learner: str, lab: str, bundle: Bundle) -> bool:
    """Whether nbgrader has marked this very bundle."""
    file = _remembered(course, learner, lab)
    return file.is_file() and file.read_text() == bundle.digest and _feedback(course, learner, lab).is_dir()


def mark(python: WarmPython, course: ClassFolder, learner: str, lab: str, bundle: Bundle) -> bool:
    """Let nbgrader mark a bundle and write its feedback, in forks of a warm Python; answers whether it did.

    It replays and runs nothing; nbgrader.log tells how it went.
    """
    for step in ("autograded", "feedback"):
        shutil.rmtree(course.root / step / learner / lab, ignore_errors=True)
    for verb in ("autograde", "generate_feedback"):
        words = (str(course.root), verb, lab, "--student", learner)
        fork(place_of(python), __name__, *words, log=course.root / "nbgrader.log").communicate()
    done = _feedback(course, learner, lab).is_dir()
    if done and not bundle.retry:
        _remembered(course, learner, lab).write_text(bundle.digest)
    return done


def _remembered(course: ClassFolder, learner: str, lab: str) -> Path:
    return course.bundle(learner, lab) / "marked"


def _feedback(course: ClassFolder, learner: str, lab: str) -> Path:
    return course.root / "feedback" / learner / lab


def main(course: str, *words: str) -> None:
    """Be `nbgrader words` in a course's folder."""
    from nbgrader.apps.nbgraderapp import NbGraderApp

    leave_the_warm_python()
    os.dup2(2, 1)  # what it says goes to its log
    os.environ["PATH"] = search_path()
    os.chdir(course)
    NbGraderApp.launch_instance(argv=[*words])


if __name__ == "__main__":
    main(*sys.argv[1:])
