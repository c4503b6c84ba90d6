"""What pip is asked for: requirement lines and files read into normalised names with their pins.

Knows nothing about Dockerfiles, and installs nothing.
See PEP 503 (names), PEP 508 (requirements), and pip's "Requirements File Format".
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = [
    "ReadText",
    "Requirement",
    "RequirementError",
    "constraints_file",
    "project",
    "requirement",
    "requirements_file",
]

ReadText = Callable[[str], str | None]

_REQUIREMENT = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)", re.DOTALL)
_CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*([A-Za-z0-9.*+!_-]+)")
_ADDRESS = re.compile(r"(git|hg|svn|bzr)\+|(https?|file)://")
_NESTED = re.compile(r"(-r|--requirement|-c|--constraint)[\s=]+(\S+)|-([rc])(\S+)")


class RequirementError(ValueError):
    """pip would stop here; the text is what it would print."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: its normalised text, and the marker that says where it is meant (empty: everywhere)."""

    text: str
    marker: str = ""

    @property
    def name(self) -> str:
        """Its normalised name; the address, where it is one."""
        return re.split(r"[\[=<>~!@ ]", self.text)[0] if not self.is_address else self.text

    @property
    def is_address(self) -> bool:
        """Whether it names a place and no version."""
        return bool(_ADDRESS.match(self.text)) or " @ " in self.text

    @property
    def whole(self) -> str:
        """The text with its marker."""
        return f"{self.text} ; {self.marker}" if self.marker else self.text


def requirement(text: str) -> Requirement:
    """One requirement, normalised: `Scikit_Learn >= 1.5 ; marker` → `scikit-learn>=1.5` and the marker."""
    bare, *after = re.split(r"\s;|;\s*(?=[a-z_(])", text, maxsplit=1)
    bare, marker = bare.strip(), (after[0].strip() if after else "")
    if _ADDRESS.match(bare):
        return Requirement(bare, marker)
    found = _REQUIREMENT.fullmatch(bare)
    if not found:
        raise RequirementError(f"ERROR: Invalid requirement: {text!r}")
    name = re.sub(r"[-_.]+", "-", found[1]).lower()
    extras = re.sub(r"\s", "", found[2] or "").lower()
    if found[3].startswith("@"):
        address = found[3][1:].strip()
        if not address or address.startswith(";"):  # a marker, where the address should be
            raise RequirementError(f"ERROR: Invalid requirement: {text!r}")
        return Requirement(f"{name}{extras} @ {address}", marker)
    clauses = _clauses(text, found[3].strip().removeprefix("(").removesuffix(")"))
    return _readable(Requirement(name + extras + clauses, marker), text)


def _readable(read: Requirement, text: str) -> Requirement:
    """The same, when those who resolve it can read it too: a version that is none, a marker that is none, are not."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Standard

    try:
        Standard(read.whole)
    except InvalidRequirement as error:
        raise RequirementError(f"ERROR: Invalid requirement: {text!r}") from error
    return read


def _clauses(text: str, written: str) -> str:
    """The pins, without spaces, in the order written."""
    parts = [_CLAUSE.fullmatch(part.strip()) for part in written.split(",")] if written else []
    if not all(parts):
        hint = "\nHint: = is not a valid operator. Did you mean == ?" if re.match(r"=[^=]", written) else ""
        raise RequirementError(f"ERROR: Invalid requirement: {text!r}{hint}")
    return ",".join(part[1] + part[2] for part in parts if part)


def requirements_file(path: str, read: ReadText, limits: list[str] | None = None) -> Iterator[Requirement]:
    """Every requirement of a file and of those it names with -r; what it names with -c is added to the limits."""
    yield from _file(posixpath.normpath(path), path, read, frozenset(), [] if limits is None else limits)


def constraints_file(path: str, read: ReadText) -> Iterator[str]:
    """Every constraint of a file, with its marker."""
    for each in _file(posixpath.normpath(path), path, read, frozenset(), []):
        if not each.is_address:
            yield each.whole


def _file(path: str, written: str, read: ReadText, above: frozenset[str], limits: list[str]) -> Iterator[Requirement]:
    text = read(path)
    if text is None:
        sentence = f"ERROR: Could not open requirements file: [Errno 2] No such file or directory: '{written}'"
        raise RequirementError(sentence)
    if path in above:
        return
    for line in re.sub(r"\\\n", " ", text.removeprefix("\ufeff")).splitlines():
        bare = re.sub(r"(^|\s)#.*$", "", line).strip()
        nested = _NESTED.match(bare)
        if nested:
            name = nested[2] or nested[4]
            beside = posixpath.join(posixpath.dirname(path), name)
            deeper = _file(beside, name, read, above | {path}, limits)
            if (nested[1] or nested[3]).lstrip("-")[0] == "c":
                limits += [each.whole for each in deeper if not each.is_address]
            else:
                yield from deeper
        elif bare and not bare.startswith("-"):
            yield requirement(re.split(r"\s--?[a-z]", bare)[0])


def project(folder: str, read: ReadText) -> list[Requirement]:
    """What `pip install FOLDER` brings: the dependencies of its pyproject.toml."""
    bare, _, extras = folder.partition("[")
    text = read(posixpath.join(bare, "pyproject.toml"))
    if text is None and read(posixpath.join(bare, "setup.py")) is None:
        neither = "Neither 'setup.py' nor 'pyproject.toml' found."
        raise RequirementError(f"ERROR: Directory {bare!r} is not installable. {neither}")
    try:
        table = tomllib.loads(text or "").get("project", {})
        more = table.get("optional-dependencies", {})
        chosen = [each for extra in extras.rstrip("]").split(",") for each in more.get(extra.strip(), [])]
        return [requirement(each) for each in [*table.get("dependencies", []), *chosen]]
    except (tomllib.TOMLDecodeError, AttributeError, TypeError) as error:
        raise RequirementError(f"ERROR: {bare}/pyproject.toml cannot be read: {error}") from error
