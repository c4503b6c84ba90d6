"""What a COPY or ADD reads: which paths of a tree a source names, wildcards and links included.

Knows nothing about where they go. A build context and an image look the same to it.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from dockyard.containers.dockerfile import Instruction
from dockyard.containers.filesystem import followed
from dockyard.containers.ignore import compiled
from dockyard.containers.layers import Entry
from dockyard.containers.stage import failure
from dockyard.errors import EngineError

__all__ = ["Found", "Sources", "found"]

_CONTEXT = "build context"


@dataclass(slots=True)
class Sources:
    """The tree a COPY reads: its entries by path, the paths left out by .dockerignore, how an archive is unpacked."""

    entries: Mapping[str, Entry]
    left_out: Collection[str] = ()
    name: str = _CONTEXT
    unpacked: Callable[[Entry], Mapping[str, Entry]] | None = None
    _paths: list[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._paths = sorted(self.entries)

    def below(self, folder: str) -> Iterator[str]:
        """Every path below a folder, in order; of the empty path, all."""
        prefix = f"{folder}/" if folder else ""
        for at in range(bisect_left(self._paths, prefix), len(self._paths)):
            if not self._paths[at].startswith(prefix):
                return
            yield self._paths[at]


@dataclass(frozen=True, slots=True)
class Found:
    """One source: the path as it was named, and where its links lead; an empty path is the whole tree."""

    named: str
    path: str


def found(sources: Sources, instruction: Instruction, source: str) -> list[Found]:
    """Every path that one source names; EngineError in Docker's words where there is none."""
    looking = _Looking(sources, instruction)
    path = posixpath.normpath(source.lstrip("/") or ".")
    if path == ".." or path.startswith("../"):
        rule = f"{instruction.keyword} reads only below the folder given to docker build."
        raise looking.fails(f"forbidden path outside the build context: {source} ()", rule)
    if path == ".":
        return [Found("", "")]
    if re.search(r"[*?\[]", path):
        return looking.matching(path)
    return [looking.one(path)]


@dataclass(frozen=True, slots=True)
class _Looking:
    """Looks for one source."""

    sources: Sources
    instruction: Instruction

    def fails(self, message: str, rule: str = "") -> EngineError:
        return failure(self.instruction.line, f"{self.instruction.keyword} failed: {message}", rule)

    def matching(self, pattern: str) -> list[Found]:
        expression = compiled(pattern)
        matching = [path for path in self.sources.entries if expression.fullmatch(path)]
        if not matching:
            raise self.fails(
                "no source files were specified.", f"Nothing in the {self.sources.name} matches {pattern}."
            )
        return [self.one(path) for path in matching]

    def one(self, path: str) -> Found:
        entries = self.sources.entries
        try:
            reached = followed(path, entries.get)
        except OSError as error:
            raise self.fails(f"forbidden path outside the build context: {path} ()", f"{error}.") from error
        if reached and reached not in entries and next(self.sources.below(reached), None) is None:
            raise self._missing(path)
        return Found(path, reached)

    def _missing(self, path: str) -> EngineError:
        where = "file not found in build context or excluded by .dockerignore: "
        prefix = where if self.sources.name == _CONTEXT else ""
        rule = f"{path} is not in the {self.sources.name}."
        if path in self.sources.left_out:
            rule = f"{path} is there, and .dockerignore leaves it out."
        elif path in self.sources.entries:
            rule = f"{path} is a link to {self.sources.entries[path].target}, which is not in the {self.sources.name}."
        return self.fails(f"{prefix}stat {path}: file does not exist.", rule)
