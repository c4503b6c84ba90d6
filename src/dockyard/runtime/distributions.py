"""What a container's Python can import: exactly the distributions its image installed, laid out as site-packages.

Knows nothing about isolation: it says which paths of the host stand at which names, and which commands there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

__all__ = ["Command", "Part", "Site", "site_of"]

_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A name in site-packages (a folder, a module, a piece of a shared folder) and where it lies on the host."""

    name: str
    source: Path


@dataclass(frozen=True, slots=True)
class Command:
    """A console script: its name, and the function it calls."""

    name: str
    module: str
    function: str


@dataclass(frozen=True, slots=True)
class Site:
    """A whole site-packages; `missing` are names that are not at hand on this machine."""

    parts: tuple[Part, ...] = ()
    commands: tuple[Command, ...] = ()
    missing: tuple[str, ...] = ()
    pure: bool = True  # whether any Python 3 can import it


def site_of(requirements: Iterable[str]) -> Site:
    """The installed distributions that requirements name, with what these need."""
    found, missing = _closure(requirements)
    commands = [
        Command(entry.name, entry.module, entry.attr)
        for one in found
        for entry in one.entry_points
        if entry.group == "console_scripts"
    ]
    return Site(tuple(_parts(found)), tuple(commands), tuple(missing), all(map(_is_pure, found)))


def _closure(requirements: Iterable[str]) -> tuple[list[metadata.Distribution], list[str]]:
    found: dict[str, metadata.Distribution] = {}
    missing: list[str] = []
    asked = [(text, True) for text in requirements]
    while asked:
        text, by_image = asked.pop(0)
        match = _NAME.match(text)
        name = re.sub(r"[-_.]+", "-", match[0]).lower() if match else text
        if name in found or "extra ==" in text:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            missing.extend([name] if by_image else [])
            continue
        asked.extend((each, False) for each in found[name].requires or ())
    return list(found.values()), missing


def _is_pure(one: metadata.Distribution) -> bool:
    return all(line.endswith("-any") for line in (one.read_text("WHEEL") or "").splitlines() if line.startswith("Tag:"))


def _parts(found: Iterable[metadata.Distribution]) -> Iterator[Part]:
    owners: dict[str, list[metadata.Distribution]] = {}
    for one in found:
        for top in sorted(_tops(one)):
            owners.setdefault(top, []).append(one)
    for top, those in owners.items():
        if len(those) == 1:
            yield Part(top, Path(str(those[0].locate_file(top))))
            continue
        for one in those:  # a shared folder, such as google/: what each brought, file by file
            for file in one.files or ():
                if file.parts[0] == top and "__pycache__" not in file.parts:
                    yield Part(str(file), Path(str(one.locate_file(file))))


def _tops(one: metadata.Distribution) -> set[str]:
    return {file.parts[0] for file in one.files or () if file.parts[0] not in ("..", "/", "__pycache__")}
