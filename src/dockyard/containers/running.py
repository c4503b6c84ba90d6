"""RUN: no program is run. What its commands would do to files, accounts and packages is done to the image instead.

Knows nothing about processes. It understands pip, apt-get, useradd and the like, and the everyday commands on files, as
a shell would join them; whatever else a RUN says is recorded, and the log says so.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Sequence

from dockyard.containers.accounts import Accounts
from dockyard.containers.dockerfile import Instruction
from dockyard.containers.image_shell import RECORDS, ImageShell
from dockyard.containers.package_sizes import with_cache
from dockyard.containers.programs import CommandFailedError, Programs
from dockyard.containers.settings import command_words
from dockyard.containers.shell import Statement, statements
from dockyard.containers.stage import Change, Stage, failure
from dockyard.containers.workspace import Workspace

__all__ = ["run"]

_SHELLS = ("sh", "bash", "dash", "ash")


def run(stage: Stage, instruction: Instruction) -> Change:
    """Do to the image what a RUN would do, as far as that is understood; it fails where the command would fail."""
    return _Run(stage, instruction).change()


class _Run:
    """One RUN being carried out on the image's files."""

    def __init__(self, stage: Stage, instruction: Instruction) -> None:
        self._stage, self._instruction = stage, instruction
        self._words = command_words(stage, instruction)
        self._history = _history(stage, self._words)
        image = stage.image()
        accounts = Accounts(image.read_file)
        uid, gid, home = accounts.of(str(stage.draft.settings.get("User") or ""))
        self._files = Workspace(image, stage.files(), (uid, gid))
        self._values = {"HOME": home, **stage.values}
        from dockyard.containers.installing import Installing  # most starts of a sandbox build no image

        step = hashlib.sha256(f"{stage.draft.id} {self._history}".encode()).hexdigest()
        home, sites = self._values["HOME"], dict(stage.draft.sites)
        self._pip = Installing(stage, self._files, home, self._left_out, step, sites=sites)
        self._programs = Programs(stage, self._files, accounts, self._pip)
        folder = str(stage.draft.settings.get("WorkingDir") or "/")
        self._shell = ImageShell(self._files, self._programs, folder, self._values)

    def change(self) -> Change:
        """Carry it out and gather what it did."""
        if self._instruction.listed is not None:
            self._shell.one(list(self._instruction.listed), self._instruction.text)
        elif posixpath.basename(self._words[0]) not in _SHELLS:
            self._shell.skip(self._instruction.text)
        else:
            self._each(statements(self._instruction.text))
        packages, unchecked = sorted(self._pip.packages), sorted(self._pip.unchecked)
        keeps_cache = "--no-cache-dir" not in self._instruction.text and "PIP_NO_CACHE_DIR" not in self._values
        self._record(packages, unchecked)
        return Change(
            self._history,
            entries=self._files.layer(),
            nominal_size=with_cache(self._pip.size, keeps_cache=keeps_cache),
            packages=tuple(packages),
            unchecked=tuple(unchecked),
            system=tuple(sorted(self._programs.system)),
            answered=tuple(self._pip.answered),
            left_out=tuple(self._shell.skipped),
            log=tuple(self._said(packages)),
        )

    def _left_out(self) -> bool:
        return self._shell.left_out()

    def _said(self, packages: Sequence[str]) -> list[str]:
        asked = [f"Recorded for pip: {' '.join(packages)}"] if packages else []
        unchecked = [f"could not check {each}: {why}" for each, why in sorted(self._pip.unchecked.items())]
        skipped = [
            f"Dockyard recorded this and did not carry it out: {' '.join(each.split())}"
            for each in (*self._shell.skipped, *self._shell.unsaid)
        ]
        return [*asked, *self._programs.log, *unchecked, *skipped]

    def _record(self, packages: Sequence[str], unchecked: Sequence[str]) -> None:
        """The layer's own file: the command, what it asked pip for, and what of it was not carried out."""
        number = len(self._stage.draft.history)
        content = {
            "run": self._instruction.text, "packages": packages, "unchecked": unchecked,
            "not carried out": self._shell.skipped,
        }  # fmt: skip
        self._files.owner = (0, 0)
        self._files.make_folders(RECORDS)
        self._files.write(f"{RECORDS}/run-{number:03}.json", json.dumps(content, sort_keys=True).encode() + b"\n")

    def _each(self, listed: Sequence[Statement]) -> None:
        """The statements as a shell joins them: && after success, || after failure, ; always, unless set -e."""
        failed: CommandFailedError | None = None
        for statement in listed:
            if statement.joined == ";" and failed and self._shell.stops_at_failure:
                break
            if (statement.joined == "&&" and failed) or (statement.joined == "||" and not failed):
                continue
            if failed and str(failed):
                self._programs.log.append(str(failed))
            failed = self._ended(statement)
        if failed:
            raise self._failure(failed)

    def _ended(self, statement: Statement) -> CommandFailedError | None:
        try:
            self._shell.carry_out(statement)
        except CommandFailedError as failed:
            return failed
        return None

    def _failure(self, failed: CommandFailedError) -> Exception:
        spoken = " ".join(self._words)
        returned = f"The command '{spoken}' returned a non-zero code: {failed.code}"
        return failure(self._instruction.line, f"{failed}\n{returned}", failed.rule)


def _history(stage: Stage, words: Sequence[str]) -> str:
    """The line of history: build arguments in force stand in front, as the classic builder writes them."""
    given = [f"{name}={value}" for name, value in sorted(stage.arguments.items())]
    return " ".join([f"|{len(given)}", *given, *words] if given else words)
