"""The roster: who takes the course, read from a CSV file.

Knows nothing about accounts or gradebooks.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from dockyard.errors import ClassroomError

__all__ = ["Learner", "read_roster"]

_COLUMNS = ("id", "first_name", "last_name", "email")
#: An id names a folder, and nbgrader takes `.` for no learner at all.
_ID = re.compile(r"[A-Za-z0-9_@-][A-Za-z0-9._@-]{0,99}")


@dataclass(frozen=True, slots=True)
class Learner:
    """A line of the roster; only the id must be there."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""


def read_roster(file: Path) -> tuple[Learner, ...]:
    """The learners, in the file's order. Its first line names the columns: id, and if known first_name, last_name,
    email.

    Raises ClassroomError naming the line that is wrong.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            lines = csv.DictReader(opened, restval="")
            columns = [name.strip() for name in lines.fieldnames or ()]
            if "id" not in columns:
                raise ClassroomError(
                    f"The roster {file} has no column named id in its first line.",
                    next_step=f"Begin it with the line {','.join(_COLUMNS)}.",
                )
            lines.fieldnames = columns
            return _learners(file, [(lines.line_num, line) for line in lines])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ClassroomError(f"The roster {file} cannot be read: {why}.") from error


def _learners(file: Path, lines: list[tuple[int, dict[str, str]]]) -> tuple[Learner, ...]:
    found: dict[str, tuple[int, Learner]] = {}
    for number, line in lines:
        one = Learner(**{name: (line.get(name) or "").strip() for name in _COLUMNS})
        if not one.id:
            raise ClassroomError(f"Line {number} of the roster {file} has no id.")
        if not _ID.fullmatch(one.id):
            raise ClassroomError(
                f"Line {number} of the roster {file}: {one.id!r} cannot be an id.",
                next_step="Use letters, digits, dot, dash, underscore or @.",
            )
        if one.id in found:
            raise ClassroomError(
                f"Line {number} of the roster {file} has the id {one.id} again; line {found[one.id][0]} has it already."
            )
        found[one.id] = (number, one)
    if not found:
        raise ClassroomError(f"The roster {file} names nobody.")
    return tuple(one for _, one in found.values())
