"""Reading the course from its folders: lab.toml, the check, the solution and the mistakes of each step.

Knows nothing about notebooks' cells or about judging; every complaint is a ContentError that names the file.
"""

from __future__ import annotations

import functools
import os
import tomllib
from pathlib import Path
from typing import Any

from dockyard.content.course import Course, Lab, Mistake, Step
from dockyard.content.places import Places, places
from dockyard.content.predictions import Prediction
from dockyard.content.values import Choices
from dockyard.errors import ContentError

__all__ = ["find_lab", "open_course", "open_lab", "shared_values"]

#: The format of lab.toml that this version reads.
FORMAT = 1
_EARNS = "# earns:"
_HINTS = 3


def open_course(where: Places | None = None) -> Course:
    """Every lab that lies in the folders (those of this installation unless told).

    Raises ContentError naming the first file that is missing or cannot be understood.
    """
    where = where or places()
    shared = shared_values(where)
    folders = sorted(one for one in where.labs.iterdir() if (one / "lab.toml").is_file())
    return Course(tuple(open_lab(folder, where.graders / folder.name, shared) for folder in folders))


def find_lab(lab_id: str) -> Lab:
    """One lab of this installation, without reading the others. Raises ContentError as `Course.lab` does.

    Every check asks for one: it is read (20 ms) only where a file of it is not as it was.
    """
    where = places()
    folder = next((one for one in where.labs.iterdir() if one.name == lab_id and (one / "lab.toml").is_file()), None)
    if folder is None:
        return open_course().lab(lab_id)
    return _as_it_is(folder, where, _stamp(folder, where.graders / lab_id, where.labs / "course.toml"))


@functools.lru_cache(maxsize=16)
def _as_it_is(folder: Path, where: Places, _stamp: tuple[tuple[str, int, int], ...]) -> Lab:
    return open_lab(folder, where.graders / folder.name, shared_values(where))


def _stamp(*roots: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, moment and size of every file below."""
    below = [os.path.join(place, name) for root in roots for place, _, names in os.walk(root) for name in names]
    found = [(name, os.stat(name)) for name in sorted([*below, *(str(root) for root in roots if root.is_file())])]
    return tuple((name, one.st_mtime_ns, one.st_size) for name, one in found)


def shared_values(where: Places) -> Choices:
    """What the values that all labs share are drawn from. Raises ContentError as `open_course` does."""
    file = where.labs / "course.toml"
    return _choices(file, _formatted(file)) if file.is_file() else {}


def open_lab(folder: Path, graders: Path, shared: Choices) -> Lab:
    """One lab and its graders. Raises ContentError as `open_course` does."""
    file = folder / "lab.toml"
    told = _formatted(file)
    entries = told.get("steps")
    if not isinstance(entries, list) or not entries:
        raise ContentError(f"{file} lists no steps.", next_step="Add at least one [[steps]] table.")
    steps = tuple(_step(file, entry, graders) for entry in entries)
    doubled = {one.id for one in steps if [other.id for other in steps].count(one.id) > 1}
    if doubled:
        raise ContentError(f"{file} names the step {min(doubled)} twice.")
    opening = graders / "opening.py"
    return Lab(
        folder.name, _text(file, told, "title"), folder, _existing(folder / "lab.ipynb"), steps,
        choices={**shared, **_choices(file, told)}, predictions=_predictions(graders / "predictions.toml"),
        opening=opening if opening.is_file() else None, apart=told.get("apart") is True,
    )  # fmt: skip


def _choices(file: Path, told: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Each value's texts: one text, or a list of those it is drawn from."""
    found = {}
    for name, value in told.get("values", {}).items():
        texts = tuple(str(one) for one in (value if isinstance(value, list) else [value]))
        if not texts:
            raise ContentError(f"{file}: the value {name} has nothing to be drawn from.")
        found[name] = texts
    return found


def _predictions(file: Path) -> tuple[Prediction, ...]:
    if not file.is_file():
        return ()
    return tuple(_prediction(file, name, entry) for name, entry in _toml(file).items())


def _prediction(file: Path, name: str, entry: dict[str, Any]) -> Prediction:
    table = {"id": name, **entry}
    choices, right = dict(entry.get("choices", {})), str(entry.get("right", ""))
    if choices and right not in choices:
        raise ContentError(f"{file}, {name}: right must be one of {', '.join(choices)}.")
    if not choices and not isinstance(entry.get("right"), int | float):
        raise ContentError(f"{file}, {name}: without choices, right must be the number expected.")
    return Prediction(
        name, _joined(_text(file, table, "ask")), right, _joined(_text(file, table, "because")),
        str(entry.get("unit", "")), choices, betrays=_sentences(entry, "betrays"),
        elsewise=_sentences(entry, "elsewise"), drawn=str(entry.get("drawn", "")),
    )  # fmt: skip


def _sentences(entry: dict[str, Any], name: str) -> dict[str, str]:
    return {key: _joined(text) for key, text in entry.get(name, {}).items()}


def _joined(text: str) -> str:
    """The lines of a text as one: whoever prints it breaks it for the reader's screen."""
    return " ".join(text.split())


def _step(file: Path, entry: dict[str, Any], graders: Path) -> Step:
    name = _text(file, entry, "id")
    own = entry.get("hints_for", {})
    return Step(
        id=name,
        title=_text(file, entry, "title"),
        points=_number(file, entry, "points"),
        minutes=_number(file, entry, "minutes"),
        ask=_text(file, entry, "ask").strip(),
        hints=_ladder(file, f"step {name}", entry.get("hints")),
        hints_for={check: _ladder(file, f"step {name}, check {check}", one) for check, one in own.items()},
        check=_given(graders / f"{name}.py", graders),
        solution=_read(graders / name / "solution.py") if graders.parent.is_dir() else "",
        mistakes=tuple(_mistake(one) for one in sorted((graders / name).glob("mistake_*.py"))),
    )


def _ladder(file: Path, where: str, hints: Any) -> tuple[str, ...]:
    if not isinstance(hints, list) or len(hints) != _HINTS or not all(str(one).strip() for one in hints):
        raise ContentError(f"{file}, {where}: hints must be {_HINTS} texts that say more and more.")
    return tuple(str(one) for one in hints)


def _mistake(file: Path) -> Mistake:
    cell = _read(file)
    first, _, rest = cell.partition("\n")
    if not first.startswith(_EARNS) or not first.removeprefix(_EARNS).strip():
        raise ContentError(f"{file}: the first line must be '{_EARNS} the sentence this mistake must earn'.")
    return Mistake(file.stem.removeprefix("mistake_"), first.removeprefix(_EARNS).strip(), rest, file)


def _formatted(file: Path) -> dict[str, Any]:
    """A TOML file that says its format first."""
    told = _toml(file)
    if told.get("format") != FORMAT:
        raise ContentError(f"{file} has format {told.get('format')!r}; this version reads format {FORMAT}.")
    return told


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_read(file))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{file} is not valid TOML: {error}.") from error


def _text(file: Path, table: dict[str, Any], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ContentError(f"{file}: {_subject(table)} needs a text named {name}.")
    return value


def _number(file: Path, table: dict[str, Any], name: str) -> int:
    value = table.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ContentError(f"{file}: {_subject(table)} needs a whole number above 0 named {name}.")
    return value


def _subject(table: dict[str, Any]) -> str:
    return "the lab" if "format" in table else f"step {table.get('id', '(without id)')}"


def _given(file: Path, graders: Path) -> Path:
    """A file that must be there, unless this is a learner's copy of the course, in which there are no graders."""
    return _existing(file) if graders.parent.is_dir() else file


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise ContentError(f"{file} is missing.")
    return file


def _read(file: Path) -> str:
    try:
        return _existing(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{file} cannot be read: {error}.") from error
