"""A course's folder: made from the labs, found again, and where everything in it lies.

Knows nothing about judging. nbgrader's own folders keep nbgrader's names: source, release, submitted, autograded,
feedback; ours are `bundles` (what the judge found), `course.toml`, `accounts.csv` and the class secret.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from itertools import count
from pathlib import Path
from typing import Any

from dockyard.classroom.accounts import class_secret, list_accounts
from dockyard.classroom.assignment import source_notebook
from dockyard.classroom.commands import nbgrader, need_nbgrader
from dockyard.classroom.roster import Learner
from dockyard.classroom.submission import read_notebook
from dockyard.content.course import Lab
from dockyard.errors import ClassroomError

__all__ = ["ClassFolder", "make_course"]

_FORMAT = 1
_CONFIGURATION = '''\
"""nbgrader's configuration of this course, written by `dockyard class init`. Yours to extend."""

from dockyard.classroom.stock import configure

c = get_config()  # noqa: F821
configure(c)
c.CourseDirectory.course_id = {name}
'''
_COURSE = """\
format = {format}
name = {name}
# A submission may take so many seconds, judging included; then everything it started is ended.
seconds = 300
"""
#: What nbgrader says of each learner it takes into the gradebook.
_ENROLLED = re.compile(r"Creating/updating Student with (?i:id) '([^']+)'")
#: Of a lab's folder, what a learner is not handed as a file.
_NOT_HANDED_OUT = ("lab.ipynb", "lab.toml", ".ipynb_checkpoints", "__pycache__")


def _nobody(_what: str) -> None:
    """Nobody wants to know what is being done."""


@dataclass(frozen=True, slots=True)
class ClassFolder:
    """A course's folder, and how many seconds a submission may take."""

    root: Path
    seconds: float

    @classmethod
    def open(cls, root: Path) -> ClassFolder:
        """The course in a folder. Raises ClassroomError when none is there."""
        need_nbgrader()
        file = root / "course.toml"
        try:
            told = tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ClassroomError(
                f"There is no course in {root}.", next_step=f"Make one with `dockyard class init {root}`."
            ) from error
        except (OSError, ValueError) as error:
            raise ClassroomError(f"{file} cannot be read: {error}.") from error
        seconds = told.get("seconds")
        if told.get("format") != _FORMAT or not isinstance(seconds, int | float) or not seconds > 0:
            raise ClassroomError(f"{file} must say format = {_FORMAT} and seconds, a number above 0.")
        return cls(root.absolute(), float(seconds))

    def submitted(self, learner: str, lab: str) -> Path:
        """What a learner has handed in."""
        return self.root / "submitted" / learner / lab

    def bundle(self, learner: str, lab: str) -> Path:
        """What the judge found."""
        return self.root / "bundles" / learner / lab

    def source(self, lab: str) -> Path:
        """The instructor's files of a lab."""
        return self.root / "source" / lab

    def released(self, lab: str) -> dict[str, Any]:
        """The notebook that was handed out. Raises ClassroomError before `nbgrader generate_assignment`."""
        file = self.root / "release" / lab / f"{lab}.ipynb"
        if not file.is_file():
            raise ClassroomError(
                f"The lab {lab} was not released in {self.root}.",
                next_step=f"Run `nbgrader generate_assignment {lab}` there.",
            )
        return read_notebook(file)

    def handed_in(self, lab: str) -> list[str]:
        """The ids of those who have handed the lab in."""
        return sorted(one.parent.name for one in (self.root / "submitted").glob(f"*/{lab}") if one.is_dir())


def make_course(
    root: Path, labs: Iterable[Lab], learners: Iterable[Learner], name: str, doing: Callable[[str], None] = _nobody
) -> list[str]:
    """Make the course or add what is new (labs, learners); what is there stays. Answers what was done, in sentences.

    `doing` is told what is being done now, lab by lab and learner by learner. Raises ClassroomError when the folder
    holds something else.
    """
    need_nbgrader()
    listed, learners = list(labs), list(learners)
    fresh = not (root / "course.toml").exists()
    if fresh:
        _begin(root, name)
    added = [lab for lab in listed if not (root / "source" / lab.id).exists()]
    for lab in added:
        doing(f"Writing {lab.id}")
        _source(root, lab)
    secret = class_secret(root, draw=fresh)
    done = [f"{root}: {len(listed)} labs, {len(added)} of them new."]
    if learners:
        _enrol(root, learners, doing)
        file = list_accounts(root, secret, (one.id for one in learners))
        done.append(f"{len(learners)} learners are in the gradebook; {file.name} tells each one's seed and account.")
    return done


def _begin(root: Path, name: str) -> None:
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ClassroomError(f"{root} holds something else.", next_step="Name an empty folder or a new one.")
    (root / "source").mkdir(parents=True, exist_ok=True)
    (root / "submitted").mkdir(exist_ok=True)
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "dockyard"
    (root / "nbgrader_config.py").write_text(_CONFIGURATION.format(name=json.dumps(slug)))
    (root / "course.toml").write_text(_COURSE.format(format=_FORMAT, name=json.dumps(slug)))


def _source(root: Path, lab: Lab) -> None:
    folder = root / "source" / lab.id
    shutil.copytree(lab.folder, folder, ignore=shutil.ignore_patterns(*_NOT_HANDED_OUT))
    (folder / f"{lab.id}.ipynb").write_text(json.dumps(source_notebook(lab), indent=1, ensure_ascii=False) + "\n")


def _enrol(root: Path, learners: list[Learner], doing: Callable[[str], None]) -> None:
    file = root / "roster.csv"
    file.touch(mode=0o600)
    with file.open("w", encoding="utf-8", newline="") as opened:
        lines = csv.DictWriter(opened, [field.name for field in fields(Learner)])
        lines.writeheader()
        lines.writerows(asdict(one) for one in learners)
    doing(f"nbgrader opens its gradebook for {len(learners)} learners")
    heard = count(1)

    def hear(line: str) -> None:
        if found := _ENROLLED.search(line):
            doing(f"Enrolling {found[1]}, {next(heard)} of {len(learners)}")

    nbgrader(root, "db", "student", "import", file.name, hear=hear)
