"""A shell on an image's files: its folder, its variables and its own commands; programs are known or left out.

Knows nothing about processes, nor about how statements follow from one another.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from dockyard.containers.accounts import AccountError
from dockyard.containers.command_words import CommandError, NotUnderstoodError
from dockyard.containers.pip_commands import pip_arguments
from dockyard.containers.programs import CommandFailedError, Programs
from dockyard.containers.shell import Statement
from dockyard.containers.shell_words import Word
from dockyard.containers.substitution import SubstitutionError
from dockyard.containers.workspace import Workspace

__all__ = ["RECORDS", "ImageShell"]

#: Where a layer's own file lies, that says what of a RUN was not carried out.
RECORDS = "/var/lib/dockyard"
_READING = frozenset("cat date df du env grep head id ls printenv pwd stat tail test [ uname wc which whoami".split())  # noqa: SIM905
_ASSIGNED = re.compile(r"(?<![\w$])([A-Za-z_]\w*)=")
_QUIET = frozenset((":", "true", "sleep", "sync", "ldconfig", "hash", "umask"))
_SYSTEM_FOLDERS = ("/bin", "/etc", "/lib", "/opt", "/root", "/sbin", "/usr", "/var", "/proc", "/sys")


class ImageShell:
    """`skipped`: what was not carried out; `unsaid`: what only reads, its output is not known, nothing changes."""

    def __init__(self, files: Workspace, programs: Programs, folder: str, values: dict[str, str]) -> None:
        self._files, self._programs = files, programs
        self._folder, self._values = folder, values
        self.skipped: list[str] = []
        self.unsaid: list[str] = []
        self.stops_at_failure = False
        self._unknown: set[str] = set()  # variables that got a value here which nobody knows

    def carry_out(self, statement: Statement) -> None:
        """Do to the image what a statement would do. Raises CommandFailedError where it would fail."""
        before_pipe = statement.words[: statement.before_pipe] if statement.before_pipe >= 0 else ()
        plain = statement.plain and not self._is_unknown(statement)
        try:
            if plain:
                words = self._texts(statement.words)
                output = self._texts([statement.output]) if statement.output else []
            else:
                words, output = self._texts(before_pipe), []
        except SubstitutionError as error:
            raise CommandFailedError(f"/bin/sh: 1: {error}", 2) from error
        if not plain and pip_arguments(words) is None:
            self.skip(statement.text)
        elif output:
            self._write(words, output[0], statement)
        else:
            self.one(words, statement.text)

    def _is_unknown(self, statement: Statement) -> bool:
        """Whether it needs a variable whose value nobody knows."""
        words = (*statement.words, *((statement.output,) if statement.output else ()))
        return any(word.mentions(self._unknown) for word in words)

    def _texts(self, words: Sequence[Word]) -> list[str]:
        grown = (word.texts(self._values, lambda text: self._files.matching(text, self._folder)) for word in words)
        home = self._values["HOME"]
        return [home + text[1:] if text == "~" or text.startswith("~/") else text for each in grown for text in each]

    def one(self, words: Sequence[str], text: str) -> None:
        """Do what one command would do; `text` is how it was written. Raises CommandFailedError."""
        while words and _is_assignment(words[0]):
            name, _, value = words[0].partition("=")
            words = words[1:]
            if not words:
                self._values[name] = value
        if not words:
            return
        words = words[1:] if words[0] in ("sudo", "exec", "command") else words
        try:
            understood = self._builtin(words) or self._programs.carry_out(words, self._folder, self._values)
        except NotUnderstoodError:
            understood = False
        except CommandError as error:
            if self._may_be_there(error.about):
                understood = False
            else:
                raise CommandFailedError(str(error)) from error
        except AccountError as error:
            raise CommandFailedError(str(error), error.code) from error
        if not understood:
            self.skip(text)

    def _builtin(self, words: Sequence[str]) -> bool:
        """What the shell itself does."""
        match words:
            case ["cd", *where]:
                self._folder = self._changed_folder(where[0] if where else self._values["HOME"])
            case ["set", *options]:
                self.stops_at_failure |= any(word.startswith("-") and "e" in word for word in options)
            case ["export" | "readonly" | "local", *pairs]:
                self._values.update(pair.partition("=")[::2] for pair in pairs if "=" in pair)
            case ["unset", *names]:
                for name in names:
                    self._values.pop(name, None)
            case ["false"]:
                raise CommandFailedError("")
            case ["exit", *code]:
                self._exit(code)
            case ["echo", *texts]:
                self._programs.log.append(_echoed(texts))
            case [name, *_]:
                return name in _QUIET
        return True

    def _exit(self, code: Sequence[str]) -> None:
        if code and code[0] != "0":
            raise CommandFailedError("", int(code[0]) if code[0].isdigit() else 2)

    def _changed_folder(self, where: str) -> str:
        path = posixpath.normpath(posixpath.join(self._folder, where))
        if self._files.find(path) is None and not self._may_be_there(path):
            raise CommandFailedError(f"/bin/sh: 1: cd: can't cd to {where}", 2)
        return path

    def _write(self, words: Sequence[str], output: str, statement: Statement) -> None:
        """`echo TEXT > FILE`, `printf TEXT > FILE`, `: > FILE`; what another command prints is not known."""
        texts = {"echo": _echoed(words[1:]) + "\n", ":": "", "true": ""}
        if words[:1] == ["printf"] and len(words) == 2 and "%" not in words[1]:
            texts["printf"] = words[1].replace("\\n", "\n").replace("\\t", "\t")
        path = posixpath.join(self._folder, output)
        text = "" if not words else texts.get(words[0])
        above = self._files.find(posixpath.dirname(path))
        if text is None or (above is None and self._may_be_there(posixpath.dirname(path))):
            self.skip(statement.text)
            return
        if above is None or above.kind != "directory":
            raise CommandFailedError(f"/bin/sh: 1: cannot create {output}: Directory nonexistent", 2)
        before = (self._files.read(path) or b"") if statement.appends else b""
        self._files.write(path, before + text.encode())

    def skip(self, text: str) -> None:
        """Record what is not carried out; the variables it sets are unknown from here on."""
        self._unknown.update(_ASSIGNED.findall(text))
        reads = text.split()[:1] and text.split()[0] in _READING and ">" not in text
        (self.unsaid if reads else self.skipped).append(text)

    def _may_be_there(self, path: str) -> bool:
        """Whether a path that is not here could be in the real image: of its base, or made by what was skipped."""
        if not path:
            return False
        of_system = any(path == each or path.startswith(each + "/") for each in _SYSTEM_FOLDERS)
        return of_system or bool(self._programs.system) or self.left_out()

    def left_out(self) -> bool:
        """Whether a command was not carried out, in this RUN or in one before it."""
        if self.skipped:
            return True
        records = (self._files.read(path) for path in self._files.below(RECORDS) if path.endswith(".json"))
        return any(b'"not carried out": []' not in record for record in records if record)


def _is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()


def _echoed(texts: Sequence[str]) -> str:
    """What sh prints for an echo: backslash-n is a new line there."""
    words = texts[1:] if texts[:1] == ["-e"] else texts
    return " ".join(words).replace("\\n", "\n").replace("\\t", "\t")
