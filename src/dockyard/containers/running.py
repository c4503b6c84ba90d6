"""RUN: no program is run. What its commands would do to files, accounts and packages is done to the image instead.

Knows nothing about processes. It understands pip, apt-get, useradd and the like, and the everyday commands on files, as
a shell would join them; whatever else a RUN says is recorded, and the log says so.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Sequence

from dockyard.containers.accounts import ACCOUNT_COMMANDS, AccountError, Accounts
from dockyard.containers.dockerfile import Instruction
from dockyard.containers.file_commands import FILE_COMMANDS, CommandError, Here, NotUnderstoodError
from dockyard.containers.package_sizes import with_cache
from dockyard.containers.pip_commands import pip_arguments, read_order
from dockyard.containers.requirements import RequirementError
from dockyard.containers.settings import command_words
from dockyard.containers.shell import Statement, Word, statements
from dockyard.containers.stage import Change, Stage, failure
from dockyard.containers.substitution import SubstitutionError
from dockyard.containers.system_packages import apt_packages
from dockyard.containers.workspace import Workspace
from dockyard.errors import ConflictError

__all__ = ["run"]

_SHELLS = ("sh", "bash", "dash", "ash")
_RECORDS = "/var/lib/dockyard"
_READING = frozenset("cat date df du env grep head id ls printenv pwd stat tail test [ uname wc which whoami".split())  # noqa: SIM905
_ASSIGNED = re.compile(r"(?<![\w$])([A-Za-z_]\w*)=")
_QUIET = frozenset((":", "true", "sleep", "sync", "ldconfig", "hash", "umask"))
_SYSTEM_FOLDERS = ("/bin", "/etc", "/lib", "/opt", "/root", "/sbin", "/usr", "/var", "/proc", "/sys")


def run(stage: Stage, instruction: Instruction) -> Change:
    """Do to the image what a RUN would do, as far as that is understood; it fails where the command would fail."""
    return _Run(stage, instruction).change()


class _FailedError(Exception):
    """A command that ended with a code; the text is what it printed."""

    def __init__(self, said: str, code: int = 1, rule: str = "") -> None:
        super().__init__(said)
        self.code, self.rule = code, rule


class _Run:
    """One RUN being carried out on the image's files."""

    def __init__(self, stage: Stage, instruction: Instruction) -> None:
        self._stage, self._instruction = stage, instruction
        self._words = command_words(stage, instruction)
        self._history = _history(stage, self._words)
        image = stage.image()
        self._accounts = Accounts(image.read_file)
        uid, gid, home = self._accounts.of(str(stage.draft.settings.get("User") or ""))
        self._files = Workspace(image, stage.files(), (uid, gid))
        self._folder = str(stage.draft.settings.get("WorkingDir") or "/")
        self._values = {"HOME": home, **stage.values}
        from dockyard.containers.installing import Installing  # most starts of a sandbox build no image

        step = hashlib.sha256(f"{stage.draft.id} {self._history}".encode()).hexdigest()
        self._pip = Installing(stage, self._files, home, uid == 0, step, sites=dict(stage.draft.sites))
        self._skipped: list[str] = []
        self._unsaid: list[str] = []  # what only reads: its output is not known, and nothing changes
        self._unknown: set[str] = set()  # variables that got a value here which nobody knows
        self._system: set[str] = set()
        self._log: list[str] = []
        self._stops_at_failure = False

    def change(self) -> Change:
        """Carry it out and gather what it did."""
        if self._instruction.listed is not None:
            self._one(list(self._instruction.listed), self._instruction.text)
        elif posixpath.basename(self._words[0]) not in _SHELLS:
            self._skip(self._instruction.text)
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
            system=tuple(sorted(self._system)),
            answered=tuple(self._pip.answered),
            log=tuple(self._said(packages)),
        )

    def _said(self, packages: Sequence[str]) -> list[str]:
        asked = [f"Recorded for pip: {' '.join(packages)}"] if packages else []
        unchecked = [f"could not check {each}: {why}" for each, why in sorted(self._pip.unchecked.items())]
        skipped = [
            f"Dockyard recorded this and did not carry it out: {' '.join(each.split())}"
            for each in (*self._skipped, *self._unsaid)
        ]
        return [*asked, *self._log, *unchecked, *skipped]

    def _record(self, packages: Sequence[str], unchecked: Sequence[str]) -> None:
        """The layer's own file: the command, what it asked pip for, and what of it was not carried out."""
        number = len(self._stage.draft.history)
        content = {
            "run": self._instruction.text, "packages": packages, "unchecked": unchecked,
            "not carried out": self._skipped,
        }  # fmt: skip
        self._files.owner = (0, 0)
        self._files.make_folders(_RECORDS)
        self._files.write(f"{_RECORDS}/run-{number:03}.json", json.dumps(content, sort_keys=True).encode() + b"\n")

    def _each(self, listed: Sequence[Statement]) -> None:
        """The statements as a shell joins them: && after success, || after failure, ; always, unless set -e."""
        failed: _FailedError | None = None
        for statement in listed:
            if statement.joined == ";" and failed and self._stops_at_failure:
                break
            if (statement.joined == "&&" and failed) or (statement.joined == "||" and not failed):
                continue
            if failed and str(failed):
                self._log.append(str(failed))
            failed = self._ended(statement)
        if failed:
            raise self._failure(failed)

    def _ended(self, statement: Statement) -> _FailedError | None:
        try:
            self._statement(statement)
        except _FailedError as failed:
            return failed
        return None

    def _failure(self, failed: _FailedError) -> Exception:
        spoken = " ".join(self._words)
        returned = f"The command '{spoken}' returned a non-zero code: {failed.code}"
        return failure(self._instruction.line, f"{failed}\n{returned}", failed.rule)

    def _statement(self, statement: Statement) -> None:
        before_pipe = statement.words[: statement.before_pipe] if statement.before_pipe >= 0 else ()
        plain = statement.plain and not self._is_unknown(statement)
        try:
            if plain:
                words = self._texts(statement.words)
                output = self._texts([statement.output]) if statement.output else []
            else:
                words, output = self._texts(before_pipe), []
        except SubstitutionError as error:
            raise _FailedError(f"/bin/sh: 1: {error}", 2) from error
        if not plain and pip_arguments(words) is None:
            self._skip(statement.text)
        elif output:
            self._write(words, output[0], statement)
        else:
            self._one(words, statement.text)

    def _is_unknown(self, statement: Statement) -> bool:
        """Whether it needs a variable whose value nobody knows."""
        words = (*statement.words, *((statement.output,) if statement.output else ()))
        return any(word.mentions(self._unknown) for word in words)

    def _texts(self, words: Sequence[Word]) -> list[str]:
        grown = (word.texts(self._values, lambda text: self._files.matching(text, self._folder)) for word in words)
        home = self._values["HOME"]
        return [home + text[1:] if text == "~" or text.startswith("~/") else text for each in grown for text in each]

    def _one(self, words: Sequence[str], text: str) -> None:
        """One command."""
        while words and _is_assignment(words[0]):
            name, _, value = words[0].partition("=")
            words = words[1:]
            if not words:
                self._values[name] = value
        if not words:
            return
        words = words[1:] if words[0] in ("sudo", "exec", "command") else words
        try:
            understood = self._builtin(words) or self._known(words)
        except NotUnderstoodError:
            understood = False
        except CommandError as error:
            if self._may_be_there(error.about):
                understood = False
            else:
                raise _FailedError(str(error)) from error
        except AccountError as error:
            raise _FailedError(str(error), error.code) from error
        if not understood:
            self._skip(text)

    def _builtin(self, words: Sequence[str]) -> bool:
        """What the shell itself does."""
        match words:
            case ["cd", *where]:
                self._folder = self._changed_folder(where[0] if where else self._values["HOME"])
            case ["set", *options]:
                self._stops_at_failure |= any(word.startswith("-") and "e" in word for word in options)
            case ["export" | "readonly" | "local", *pairs]:
                self._values.update(pair.partition("=")[::2] for pair in pairs if "=" in pair)
            case ["unset", *names]:
                for name in names:
                    self._values.pop(name, None)
            case ["false"]:
                raise _FailedError("")
            case ["exit", *code]:
                self._exit(code)
            case ["echo", *texts]:
                self._log.append(_echoed(texts))
            case [name, *_]:
                return name in _QUIET
        return True

    def _exit(self, code: Sequence[str]) -> None:
        if code and code[0] != "0":
            raise _FailedError("", int(code[0]) if code[0].isdigit() else 2)

    def _changed_folder(self, where: str) -> str:
        path = posixpath.normpath(posixpath.join(self._folder, where))
        if self._files.find(path) is None and not self._may_be_there(path):
            raise _FailedError(f"/bin/sh: 1: cd: can't cd to {where}", 2)
        return path

    def _known(self, words: Sequence[str]) -> bool:
        """A program whose effect on the image is known."""
        name = posixpath.basename(words[0])
        asked = pip_arguments(words)
        if asked is not None:
            self._run_pip(*asked)
            return True
        if name in ("apt-get", "apt", "apk", "yum", "dnf", "microdnf"):
            return self._install_system(words)
        if name in ACCOUNT_COMMANDS:
            self._add_account(name, words)
            return True
        if name in FILE_COMMANDS:
            here = Here(self._files, self._folder, self._accounts.users, self._accounts.groups)
            FILE_COMMANDS[name](here, words)
            return True
        return self._made_environment(words)

    def _run_pip(self, program: str, arguments: Sequence[str]) -> None:
        def read(path: str) -> str | None:
            data = self._files.read(posixpath.join(self._folder, path))
            return None if data is None else data.decode("utf-8", "replace")

        try:
            order = read_order(program, arguments, read)
            self._pip.carry_out(order, read, self._values, self._folder)
        except RequirementError as error:
            raise _FailedError(str(error), 1, "pip read the image's files as they are at this line.") from error
        except ConflictError as error:
            raise _FailedError(error.message, 1, "pip resolved it for the image's Python.") from error
        self._log += self._pip.log
        self._pip.log.clear()

    def _install_system(self, words: Sequence[str]) -> bool:
        named = apt_packages(words)
        if named is None:
            return False
        if named:
            self._system.update(named)
            self._log.append(f"Recorded as packages of the system: {' '.join(sorted(named))}")
        return True

    def _add_account(self, name: str, words: Sequence[str]) -> None:
        ACCOUNT_COMMANDS[name](self._accounts, words)
        for file in self._accounts.added:
            self._files.write(f"/etc/{file}", self._accounts.text(file).encode())
        makes_home = "-m" in words or "--create-home" in words or name == "adduser"
        user = next(reversed(self._accounts.users), "")
        if name in ("useradd", "adduser") and makes_home and "--no-create-home" not in words:
            self._make_home(user)

    def _make_home(self, user: str) -> None:
        uid, gid, home = self._accounts.of(user)
        before, self._files.owner = self._files.owner, (uid, gid)
        self._files.make_folders(home, 0o755)
        self._files.owner = before

    def _made_environment(self, words: Sequence[str]) -> bool:
        """python -m venv: an environment that has the image's Python and no packages."""
        names = [posixpath.basename(word) for word in words]
        if not (names[0].startswith("python") and names[1:3] == ["-m", "venv"] and len(words) > 3):
            return False
        place = posixpath.join(self._folder, words[-1])
        python = self._stage.image().python_version()
        self._files.make_folders(f"{place}/bin")
        self._files.write(f"{place}/pyvenv.cfg", f"home = /usr/local/bin\nversion = {python}\n".encode())
        here = Here(self._files, self._folder, {}, {})
        for name in ("python", "python3", "pip", "pip3"):
            FILE_COMMANDS["ln"](here, ["ln", "-sf", f"/usr/local/bin/{name}", f"{place}/bin/{name}"])
        return True

    def _write(self, words: Sequence[str], output: str, statement: Statement) -> None:
        """`echo TEXT > FILE`, `printf TEXT > FILE`, `: > FILE`; what another command prints is not known."""
        texts = {"echo": _echoed(words[1:]) + "\n", ":": "", "true": ""}
        if words[:1] == ["printf"] and len(words) == 2 and "%" not in words[1]:
            texts["printf"] = words[1].replace("\\n", "\n").replace("\\t", "\t")
        path = posixpath.join(self._folder, output)
        text = "" if not words else texts.get(words[0])
        above = self._files.find(posixpath.dirname(path))
        if text is None or (above is None and self._may_be_there(posixpath.dirname(path))):
            self._skip(statement.text)
            return
        if above is None or above.kind != "directory":
            raise _FailedError(f"/bin/sh: 1: cannot create {output}: Directory nonexistent", 2)
        before = (self._files.read(path) or b"") if statement.appends else b""
        self._files.write(path, before + text.encode())

    def _skip(self, text: str) -> None:
        self._unknown.update(_ASSIGNED.findall(text))
        reads = text.split()[:1] and text.split()[0] in _READING and ">" not in text
        (self._unsaid if reads else self._skipped).append(text)

    def _may_be_there(self, path: str) -> bool:
        """Whether a path that is not here could be in the real image: of its base, or made by what was skipped."""
        if not path:
            return False
        of_system = any(path == each or path.startswith(each + "/") for each in _SYSTEM_FOLDERS)
        return of_system or bool(self._skipped) or bool(self._system) or self._skipped_before()

    def _skipped_before(self) -> bool:
        records = (self._files.read(path) for path in self._files.below(_RECORDS) if path.endswith(".json"))
        return any(b'"not carried out": []' not in record for record in records if record)


def _history(stage: Stage, words: Sequence[str]) -> str:
    """The line of history: build arguments in force stand in front, as the classic builder writes them."""
    given = [f"{name}={value}" for name, value in sorted(stage.arguments.items())]
    return " ".join([f"|{len(given)}", *given, *words] if given else words)


def _is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()


def _echoed(texts: Sequence[str]) -> str:
    """What sh prints for an echo: backslash-n is a new line there."""
    words = texts[1:] if texts[:1] == ["-e"] else texts
    return " ".join(words).replace("\\n", "\n").replace("\\t", "\t")
