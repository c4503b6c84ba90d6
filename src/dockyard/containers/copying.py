"""COPY, ADD and WORKDIR: which files and folders go where, with which owner and mode, as a Change.

Knows nothing about where the sources lie: a build context and an earlier stage look the same to it.
See the Dockerfile reference, sections COPY and ADD.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from dockyard.containers.dockerfile import Instruction
from dockyard.containers.filesystem import FileEntry
from dockyard.containers.grammar import refusal
from dockyard.containers.ignore import compiled
from dockyard.containers.layers import Entry, content_digest, directory
from dockyard.containers.ownership import owner
from dockyard.containers.stage import Change, Stage, failure

__all__ = ["Sources", "copy", "work_folder"]

_ARCHIVE = re.compile(r"\.(tar|tar\.(gz|bz2|xz)|tgz)$")


@dataclass(frozen=True, slots=True)
class Sources:
    """The tree a COPY reads: its entries by path, and the paths that are there but left out by .dockerignore."""

    entries: Mapping[str, Entry]
    left_out: Collection[str] = ()
    name: str = "build context"


@dataclass(frozen=True, slots=True)
class _Copy:
    """One COPY being carried out."""

    stage: Stage
    instruction: Instruction
    sources: Sources
    present: Mapping[str, FileEntry]

    def fails(self, message: str, rule: str = "") -> Exception:
        return failure(self.instruction.line, f"{self.instruction.keyword} failed: {message}", rule)

    def found(self, source: str) -> list[str]:
        """The paths one source names; the empty path is the whole tree."""
        path = posixpath.normpath(source.lstrip("/") or ".")
        if path.startswith(".."):
            rule = "COPY reads only below the folder given to docker build."
            raise self.fails(f"forbidden path outside the build context: {source} ()", rule)
        if path == ".":
            return [""]
        if re.search(r"[*?\[]", path):
            return self._matching(path)
        if path not in self.sources.entries and not any(each.startswith(path + "/") for each in self.sources.entries):
            raise self._missing(path)
        return [path]

    def _matching(self, pattern: str) -> list[str]:
        expression = compiled(pattern)
        matching = [path for path in self.sources.entries if expression.fullmatch(path)]
        if not matching:
            raise self.fails(
                "no source files were specified.", f"Nothing in the {self.sources.name} matches {pattern}."
            )
        return matching

    def _missing(self, path: str) -> Exception:
        where = "file not found in build context or excluded by .dockerignore: "
        prefix = where if self.sources.name == "build context" else ""
        rule = f"{path} is not in the {self.sources.name}."
        if path in self.sources.left_out:
            rule = f"{path} is there, and .dockerignore leaves it out."
        return self.fails(f"{prefix}stat {path}: file does not exist.", rule)

    def is_folder(self, path: str) -> bool:
        return path not in self.sources.entries or self.sources.entries[path].kind == "directory"


def copy(stage: Stage, instruction: Instruction, sources: Sources, present: Mapping[str, FileEntry]) -> Change:
    """Carry out COPY or ADD; `present` are the image's files so far."""
    work = _Copy(stage, instruction, sources, present)
    words = [stage.expand(word, instruction) for word in instruction.words]
    if instruction.keyword == "ADD":
        _refuse_fetching_and_unpacking(instruction, words[:-1])
    placed = _placed(work, words[:-1], words[-1])
    uid, gid = owner(stage, instruction, instruction.flags.get("chown", ""))
    owned = [replace(entry, uid=uid, gid=gid) for entry in [*_parents(placed, present), *placed.values()]]
    entries = [_with_mode(entry, instruction) for entry in owned]
    kind = "file" if len(entries) == 1 else "multi"
    source = f"{kind}:{content_digest(entries)}"
    return Change(f"/bin/sh -c #(nop) {instruction.keyword} {source} in {words[-1]} ", entries=entries)


def _refuse_fetching_and_unpacking(instruction: Instruction, sources: Sequence[str]) -> None:
    for source in sources:
        if re.match(r"(https?|ftp|git)://|git@", source):
            raise refusal(
                instruction.line,
                "ADD from an address is not offered yet",
                "Put the file beside the Dockerfile and COPY it.",
            )
        if _ARCHIVE.search(source):
            raise refusal(
                instruction.line,
                "ADD does not unpack archives here yet",
                "Unpack it beside the Dockerfile and COPY the folder.",
            )


def _placed(work: _Copy, sources: Sequence[str], destination: str) -> dict[str, Entry]:
    """Every entry at the path it gets in the image."""
    workdir = work.stage.draft.settings.get("WorkingDir") or "/"
    target = posixpath.normpath(posixpath.join(workdir, destination)).strip("/")
    found = [path for source in sources for path in work.found(source)]
    into_folder = destination.endswith(("/", "/.")) or destination == "." or _is_folder(work.present, target)
    if len(found) > 1 and not into_folder:
        rule = f"The destination was {destination}."
        sentence = (
            "When using COPY with more than one source file, the destination must be a directory and end with a /."
        )
        raise failure(work.instruction.line, sentence, rule)
    placed: dict[str, Entry] = {}
    for path in found:
        placed.update(_tree(work, path, target) if work.is_folder(path) else _file(work, path, target, into_folder))
    return placed


def _is_folder(present: Mapping[str, FileEntry], target: str) -> bool:
    entry = present.get("/" + target)
    return not target or (entry is not None and entry.kind == "directory")


def _tree(work: _Copy, path: str, target: str) -> dict[str, Entry]:
    """A folder's content (not the folder itself), below the target."""
    prefix = f"{path}/" if path else ""
    inside = {each: entry for each, entry in work.sources.entries.items() if each.startswith(prefix)}
    moved = {posixpath.join(target, each.removeprefix(prefix)): entry for each, entry in inside.items()}
    placed = {each: replace(entry, path=each) for each, entry in moved.items()}
    return {**({target: directory(target)} if target and not _is_folder(work.present, target) else {}), **placed}


def _file(work: _Copy, path: str, target: str, into_folder: bool) -> dict[str, Entry]:
    final = posixpath.join(target, posixpath.basename(path)) if into_folder else target
    return {final: replace(work.sources.entries[path], path=final)}


def _parents(placed: Mapping[str, Entry], present: Mapping[str, FileEntry]) -> list[Entry]:
    """The folders above that the image does not have yet."""
    above: set[str] = set()
    for path in placed:
        while path := posixpath.dirname(path):
            above.add(path)
    return [directory(path) for path in sorted(above) if path not in placed and "/" + path not in present]


def _with_mode(entry: Entry, instruction: Instruction) -> Entry:
    mode = instruction.flags.get("chmod", "")
    if not mode or entry.kind == "link":
        return entry
    if not re.fullmatch(r"[0-7]{3,4}", mode):
        raise refusal(
            instruction.line, f"invalid chmod parameter: '{mode}'", "It is an octal number, as in --chmod=0755."
        )
    return replace(entry, mode=int(mode, 8))


def work_folder(stage: Stage, instruction: Instruction) -> Change:
    """WORKDIR; the folder is made where the image has none."""
    given = stage.expand(instruction.text, instruction)
    path = posixpath.normpath(posixpath.join(stage.draft.settings.get("WorkingDir") or "/", given))
    present = stage.files()
    parts = path.strip("/").split("/")
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    missing = [directory(each) for each in above if each and "/" + each not in present]
    return Change(f"/bin/sh -c #(nop) WORKDIR {path}", {"WorkingDir": path}, entries=missing)
