"""COPY, ADD and WORKDIR: which files and folders go where, with which owner and mode, as a Change.

Knows nothing about where the sources lie. It follows Docker's classic builder: a folder's content is copied, not the
folder; a source that is a link is followed, links inside a folder stay links; links in the destination are followed.
See the Dockerfile reference, sections COPY and ADD.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dockyard.containers.archives import is_archive
from dockyard.containers.dockerfile import Instruction
from dockyard.containers.filesystem import FileEntry, followed
from dockyard.containers.grammar import refusal
from dockyard.containers.layers import Entry, content_digest, directory
from dockyard.containers.ownership import owner
from dockyard.containers.sources import Found, Sources, found
from dockyard.containers.stage import Change, Stage, failure

__all__ = ["copy", "work_folder"]

_ADDRESS = re.compile(r"(https?|ftp|git)://|git@")
Placed = dict[str, Entry]


def copy(stage: Stage, instruction: Instruction, sources: Sources, present: Mapping[str, FileEntry]) -> Change:
    """Carry out COPY or ADD; `present` are the image's files so far."""
    words = [stage.expand(word, instruction) for word in instruction.words]
    if instruction.keyword == "ADD":
        _refuse_addresses(instruction, words[:-1])
    each = [one for source in words[:-1] for one in found(sources, instruction, source)]
    target = _target(stage, instruction, words[-1], present)
    if len(each) > 1 and not target.into_folder:
        sentence = (
            f"When using {instruction.keyword} with more than one source file, the destination must be a directory and "
            "end with a /."
        )
        raise failure(instruction.line, sentence, f"The destination was {words[-1]}.")
    placed: Placed = {}
    for one in each:
        placed.update(_placed(_Copying(sources, target, present, placed, instruction), one))
    entries = [_with_mode(entry, instruction) for entry in placed.values()]
    kind = "file" if len(entries) == 1 else "multi"
    content = content_digest(entries)
    created_by = f"/bin/sh -c #(nop) {instruction.keyword} {kind}:{content} in {words[-1]} "
    return Change(created_by, entries=entries, content=content)


def _refuse_addresses(instruction: Instruction, sources: Sequence[str]) -> None:
    """The sandbox fetches nothing because a Dockerfile says so: it may reach what its learners must not."""
    for source in sources:
        if _ADDRESS.match(source):
            sentence = f'ADD failed: Get "{source}": no address is fetched for a build here.'
            raise failure(instruction.line, sentence, "Put the file beside the Dockerfile and COPY it.")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where things go: a path without a leading slash, whether a folder is there, whether they go into one, and whose
    they get: an earlier stage's files keep their owners unless --chown says otherwise, all others become root's.
    """

    path: str
    exists: bool
    into_folder: bool
    owner: tuple[int, int] | None = (0, 0)

    def owned(self, entry: Entry) -> Entry:
        """An entry with the owner that it gets here."""
        return entry if self.owner is None else replace(entry, uid=self.owner[0], gid=self.owner[1])


def _target(stage: Stage, instruction: Instruction, text: str, present: Mapping[str, FileEntry]) -> _Target:
    chown = instruction.flags.get("chown", "")
    own = None if "from" in instruction.flags and not chown else owner(stage, instruction, chown)
    workdir = stage.draft.settings.get("WorkingDir") or "/"
    path = _followed(posixpath.join(workdir, text), present, instruction)
    exists = _is_folder(present, path)
    return _Target(path, exists, exists or text.endswith(("/", "/.")) or text == ".", own)


def _followed(path: str, present: Mapping[str, FileEntry], instruction: Instruction) -> str:
    try:
        return followed(path, lambda each: present.get("/" + each))
    except OSError as error:
        raise failure(instruction.line, f"{instruction.keyword} failed: {error}.") from error


def _is_folder(present: Mapping[str, FileEntry], path: str) -> bool:
    entry = present.get("/" + path)
    return not path or (entry is not None and entry.kind == "directory")


@dataclass(frozen=True, slots=True)
class _Copying:
    """One instruction being carried out: what it reads, where it goes, what is there and what it has placed so far."""

    sources: Sources
    target: _Target
    present: Mapping[str, FileEntry]
    placed: Placed
    instruction: Instruction

    def above(self, paths: Iterable[str]) -> Placed:
        """The folders above some paths that are not there yet; root's."""
        missing: set[str] = set()
        for path in paths:
            while (path := posixpath.dirname(path)) and path not in missing:
                missing.add(path)
        new = sorted(path for path in missing if path not in self.placed and not self._is_there(path))
        return {path: directory(path) for path in new}

    def _is_there(self, path: str) -> bool:
        entry = self.present.get("/" + path)
        if entry is not None and entry.kind not in ("directory", "link"):
            sentence = f"failed to copy files: mkdir /{path}: not a directory."
            raise failure(self.instruction.line, sentence, f"/{path} is a file in the image.")
        return entry is not None


def _placed(work: _Copying, source: Found) -> Placed:
    """The entries of one source at the paths they get in the image, with the folders above that are missing."""
    entries, target = work.sources.entries, work.target
    entry = entries.get(source.path)
    if entry is None or entry.kind == "directory":
        start = len(source.path) + 1 if source.path else 0
        return _tree(work, {path[start:]: target.owned(entries[path]) for path in work.sources.below(source.path)})
    if work.instruction.keyword == "ADD" and work.sources.unpacked and is_archive(entry):
        return _tree(replace(work, target=replace(target, owner=None)), work.sources.unpacked(entry))
    final = posixpath.join(target.path, posixpath.basename(source.named)) if target.into_folder else target.path
    above = {path: target.owned(folder) for path, folder in work.above([final]).items()}
    return {**above, final: target.owned(replace(entry, path=final))}


def _tree(work: _Copying, inside: Mapping[str, Entry]) -> Placed:
    """A folder's content below the target, which is made where it is not there."""
    target = work.target
    moved = {posixpath.join(target.path, path): entry for path, entry in inside.items()}
    entries = {path: replace(entry, path=path) for path, entry in moved.items()}
    if not target.exists and target.path not in work.placed:
        entries = {target.path: target.owned(directory(target.path)), **entries}
    return {**work.above(entries), **entries}


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
    """WORKDIR; the folder is made, as root's, where the image has none."""
    given = stage.expand(instruction.text, instruction)
    path = posixpath.normpath(posixpath.join(stage.draft.settings.get("WorkingDir") or "/", given))
    path = "/" + path.lstrip("/")
    present = stage.files()
    made = _followed(path, present, instruction)
    there = present.get("/" + made)
    if there is not None and there.kind != "directory":
        sentence = f"Cannot mkdir: {path} is not a directory."
        raise failure(instruction.line, sentence, f"{path} is a file in the image.")
    target = _Target(made, _is_folder(present, made), True)
    entries = list(_tree(_Copying(Sources({}), target, present, {}, instruction), {}).values())
    return Change(f"/bin/sh -c #(nop) WORKDIR {path}", {"WorkingDir": path}, entries=entries)
