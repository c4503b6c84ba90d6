"""RUN: recorded and not executed. What its pip commands ask for and which users it adds becomes part of the image.

Knows nothing about processes: it reads the command, and the image's own files for `-r requirements.txt`.
"""

from __future__ import annotations

import json
import posixpath
import shlex
from collections.abc import Iterator, Sequence

from dockyard.containers.accounts import added_accounts
from dockyard.containers.dockerfile import Instruction
from dockyard.containers.layers import Entry, directory, text_file
from dockyard.containers.requirements import (
    RequirementError,
    installed_size,
    project,
    requirement,
    requirements_file,
)
from dockyard.containers.settings import command_words
from dockyard.containers.stage import Change, Stage, failure
from dockyard.containers.substitution import SubstitutionError, expand

__all__ = ["run"]

_SEPARATORS = frozenset((";", "&&", "||", "|", "&", "(", ")", "\n"))
_FILE_OPTIONS = ("-r", "--requirement")
_OPTIONS = (
    "-c --constraint -i --index-url --extra-index-url -f --find-links -t --target --prefix --root "
    "--platform --python-version --trusted-host --timeout --default-timeout --retries --proxy --cert "
    "--client-cert --cache-dir --no-binary --only-binary --src --progress-bar --implementation --abi "
    "--upgrade-strategy --root-user-action --log --report"
)
_WITH_VALUE = frozenset(_OPTIONS.split())


def run(stage: Stage, instruction: Instruction) -> Change:
    """Record a RUN; it fails where pip would fail before it looks for a package."""
    words = command_words(stage, instruction)
    commands = [words] if instruction.listed is not None else list(_commands(_expanded(stage, instruction)))
    try:
        packages = _Asked(stage, commands).packages()
    except RequirementError as error:
        spoken = " ".join(words)
        returned = f"The command '{spoken}' returned a non-zero code: 1"
        raise failure(
            instruction.line, f"{error}\n{returned}", "pip read the image's files as they are at this line."
        ) from error
    keeps_cache = "--no-cache-dir" not in instruction.text and "PIP_NO_CACHE_DIR" not in stage.values
    return Change(
        _history(stage, words),
        entries=[*_record(stage, instruction, packages), *added_accounts(stage, commands)],
        nominal_size=installed_size(packages, keeps_cache) if packages else 0,
        packages=tuple(packages),
        log=_log(instruction, packages),
    )


def _log(instruction: Instruction, packages: Sequence[str]) -> tuple[str, ...]:
    said = (f"Dockyard records this RUN and does not execute it: {instruction.text}",)
    return (*said, f"Recorded for pip: {' '.join(packages)}") if packages else said


def _history(stage: Stage, words: Sequence[str]) -> str:
    """The line of history: build arguments in force stand in front, as the classic builder writes them."""
    given = [f"{name}={value}" for name, value in sorted(stage.arguments.items())]
    return " ".join([f"|{len(given)}", *given, *words] if given else words)


def _record(stage: Stage, instruction: Instruction, packages: Sequence[str]) -> list[Entry]:
    """The layer's own file: the command, and what it asked pip for."""
    number = len(stage.draft.history)
    content = json.dumps({"run": instruction.text, "packages": list(packages)}, sort_keys=True)
    folders = [directory("var"), directory("var/lib"), directory("var/lib/dockyard")]
    return [*folders, text_file(f"var/lib/dockyard/run-{number:03}.json", content + "\n")]


def _expanded(stage: Stage, instruction: Instruction) -> str:
    """The shell's text with the variables it would see; where that cannot be read, the text as it is."""
    kept = instruction.text.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')
    try:
        return expand(kept, stage.values)
    except SubstitutionError:
        return instruction.text


def _commands(text: str) -> Iterator[list[str]]:
    """The single commands of a shell line."""
    reader = shlex.shlex(text, posix=True, punctuation_chars=";&|()\n")
    reader.whitespace_split, reader.commenters = True, ""
    command: list[str] = []
    try:
        for word in [*reader, ";"]:
            if word not in _SEPARATORS:
                command.append(word)
            elif command:
                yield command
                command = []
    except ValueError:
        return


class _Asked:
    """Reads what the commands of one RUN ask pip for."""

    def __init__(self, stage: Stage, commands: Sequence[Sequence[str]]) -> None:
        self._stage = stage
        self._commands = commands
        self._folder = stage.draft.settings.get("WorkingDir") or "/"

    def packages(self) -> list[str]:
        """Every requirement, normalised, sorted, once."""
        asked: set[str] = set()
        for words in self._commands:
            if words[0] == "cd" and len(words) > 1:
                self._folder = posixpath.join(self._folder, words[1])
            asked.update(self._wanted(_pip_arguments(words)))
        return sorted(asked)

    def _read(self, path: str) -> str | None:
        data = self._stage.image().read_file(posixpath.normpath(posixpath.join(self._folder, path)))
        return None if data is None else data.decode("utf-8", "replace")

    def _wanted(self, arguments: Sequence[str]) -> Iterator[str]:
        rest = iter(arguments)
        for word in rest:
            name, equals, value = word.partition("=")
            if word in _FILE_OPTIONS or (name in _FILE_OPTIONS and equals):
                yield from requirements_file(value or next(rest, ""), self._read)
            elif word.startswith("-r") and len(word) > 2:
                yield from requirements_file(word[2:], self._read)
            elif word in _WITH_VALUE:
                next(rest, None)
            elif not word.startswith("-"):
                yield from self._one(word)

    def _one(self, word: str) -> list[str]:
        bare = word.partition("[")[0]
        if bare in (".", "..") or bare.startswith(("./", "../", "/")):
            return [] if bare.endswith((".whl", ".tar.gz")) else project(bare, self._read)
        return [requirement(word)]


def _pip_arguments(words: Sequence[str]) -> Sequence[str]:
    """What follows `pip install`, however pip is called; nothing where this is another command."""
    names = [word.rpartition("/")[2] for word in words]
    for at, name in enumerate(names[:6]):
        is_pip = name in ("pip", "pip3") or name.startswith("pip3.")
        if is_pip and (at == 0 or names[at - 1] in ("-m", "uv", "sudo") or "=" in names[at - 1] or names[0] == "env"):
            rest = list(words[at + 1 :])
            return rest[rest.index("install") + 1 :] if "install" in rest else []
    return []
