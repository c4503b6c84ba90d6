"""What pip is asked for: requirement lines and files read into normalised names with their pins.

Knows nothing about Dockerfiles, and installs nothing.
See PEP 503 (names), PEP 508 (requirements), and pip's "Requirements File Format".
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator

__all__ = ["RequirementError", "installed_size", "project", "requirement", "requirements_file"]

ReadText = Callable[[str], str | None]

_REQUIREMENT = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)", re.DOTALL)
_CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*([A-Za-z0-9.*+!_-]+)")
_ADDRESS = re.compile(r"(git|hg|svn|bzr)\+|(https?|file)://")
_NESTED = re.compile(r"(?:-r|--requirement)[\s=]+(\S+)|-r(\S+)")
_MEGABYTE = 1_000_000
_INSTALLED = (
    "boto3=30 catboost=320 fastapi=15 flask=4 gunicorn=1 lightgbm=250 matplotlib=120 mlflow=700 numpy=70 "
    "pandas=150 requests=2 scikit-learn=230 scipy=160 tensorflow=1900 torch=5200 transformers=400 "
    "uvicorn=3 xgboost=600"
)
_MEGABYTES = {name: int(size) for name, _, size in (word.partition("=") for word in _INSTALLED.split())}
_ANY_OTHER = 5


class RequirementError(ValueError):
    """pip would stop here; the text is what it would print."""


def requirement(text: str) -> str:
    """One requirement, normalised: `Scikit_Learn >= 1.5 ; marker` → `scikit-learn>=1.5`."""
    bare = re.split(r"\s;|;\s*(?=[a-z_(])", text)[0].strip()
    if _ADDRESS.match(bare):
        return bare
    found = _REQUIREMENT.fullmatch(bare)
    if not found:
        raise RequirementError(f"ERROR: Invalid requirement: {text!r}")
    name = re.sub(r"[-_.]+", "-", found[1]).lower()
    extras = re.sub(r"\s", "", found[2] or "").lower()
    if found[3].startswith("@"):
        return f"{name}{extras} @ {found[3][1:].strip()}"
    return name + extras + _clauses(text, found[3].strip().removeprefix("(").removesuffix(")"))


def _clauses(text: str, written: str) -> str:
    """The pins, without spaces, in the order written."""
    parts = [_CLAUSE.fullmatch(part.strip()) for part in written.split(",")] if written else []
    if not all(parts):
        hint = "\nHint: = is not a valid operator. Did you mean == ?" if re.match(r"=[^=]", written) else ""
        raise RequirementError(f"ERROR: Invalid requirement: {text!r}{hint}")
    return ",".join(part[1] + part[2] for part in parts if part)


def requirements_file(path: str, read: ReadText) -> Iterator[str]:
    """Every requirement of a file and of those it names with -r; RequirementError where pip would stop."""
    yield from _file(posixpath.normpath(path), path, read, frozenset())


def _file(path: str, written: str, read: ReadText, above: frozenset[str]) -> Iterator[str]:
    text = read(path)
    if text is None:
        sentence = f"ERROR: Could not open requirements file: [Errno 2] No such file or directory: '{written}'"
        raise RequirementError(sentence)
    if path in above:
        return
    for line in re.sub(r"\\\n", " ", text).splitlines():
        bare = re.sub(r"(^|\s)#.*$", "", line).strip()
        nested = _NESTED.match(bare)
        if nested:
            name = nested[1] or nested[2]
            yield from _file(posixpath.join(posixpath.dirname(path), name), name, read, above | {path})
        elif bare and not bare.startswith("-"):
            yield requirement(re.split(r"\s--?[a-z]", bare)[0])


def project(folder: str, read: ReadText) -> list[str]:
    """What `pip install FOLDER` brings: the dependencies of its pyproject.toml."""
    text = read(posixpath.join(folder, "pyproject.toml"))
    if text is None and read(posixpath.join(folder, "setup.py")) is None:
        neither = "Neither 'setup.py' nor 'pyproject.toml' found."
        raise RequirementError(f"ERROR: Directory {folder!r} is not installable. {neither}")
    try:
        table = tomllib.loads(text or "").get("project", {})
    except tomllib.TOMLDecodeError as error:
        raise RequirementError(f"ERROR: {folder}/pyproject.toml cannot be read: {error}") from error
    return [requirement(each) for each in table.get("dependencies", [])]


def installed_size(packages: list[str], keeps_cache: bool) -> int:
    """Roughly the bytes these packages take with what they need; pip's own cache, where it is kept, adds two fifths."""
    names = [re.split(r"[\[=<>~!@ ]", package)[0] for package in packages]
    total = sum(_MEGABYTES.get(name, _ANY_OTHER) for name in names) * _MEGABYTE
    return total * 7 // 5 if keeps_cache else total
