"""The programs that a RUN starts and whose effect on an image is known: pip, apt-get, useradd and the like.

Knows nothing about shells: it is handed a command's words, its folder and its variables.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dockyard.containers.accounts import ACCOUNT_COMMANDS, Accounts
from dockyard.containers.command_words import Here
from dockyard.containers.file_commands import FILE_COMMANDS
from dockyard.containers.pip_commands import pip_arguments, read_order
from dockyard.containers.requirements import RequirementError
from dockyard.containers.system_packages import apt_packages
from dockyard.errors import ConflictError

if TYPE_CHECKING:
    from dockyard.containers.installing import Installing
    from dockyard.containers.stage import Stage
    from dockyard.containers.workspace import Workspace

__all__ = ["CommandFailedError", "Programs"]

#: Alpine's and Red Hat's tools for packages.
_ELSEWHERE = ("apk", "yum", "dnf", "microdnf")


class CommandFailedError(Exception):
    """A command that ended with a code; the text is what it printed."""

    def __init__(self, said: str, code: int = 1, rule: str = "") -> None:
        super().__init__(said)
        self.code, self.rule = code, rule


class Programs:
    """What is installed, made and said on one RUN's files: `system`, the packages of the system; `log`, its lines."""

    def __init__(self, stage: Stage, files: Workspace, accounts: Accounts, pip: Installing) -> None:
        self._stage, self._files, self._accounts = stage, files, accounts
        self.pip = pip
        self.system: set[str] = set()
        self.log: list[str] = []

    def carry_out(self, words: Sequence[str], folder: str, values: Mapping[str, str]) -> bool:
        """Do what a program would do in a folder, with these variables; False for one that is not understood.

        Raises CommandFailedError, and what `FILE_COMMANDS` and `ACCOUNT_COMMANDS` raise.
        """
        name = posixpath.basename(words[0])
        asked = pip_arguments(words)
        if asked is not None:
            self._run_pip(*asked, folder, values)
            return True
        if name in ("apt-get", "apt", "apk", "yum", "dnf", "microdnf"):
            return self._install_system(words)
        if name in ACCOUNT_COMMANDS:
            self._add_account(name, words)
            return True
        if name in FILE_COMMANDS:
            here = Here(self._files, folder, self._accounts.users, self._accounts.groups)
            FILE_COMMANDS[name](here, words)
            return True
        return self._made_environment(words, folder)

    def _run_pip(self, program: str, arguments: Sequence[str], folder: str, values: Mapping[str, str]) -> None:
        def read(path: str) -> str | None:
            data = self._files.read(posixpath.join(folder, path))
            return None if data is None else data.decode("utf-8", "replace")

        try:
            order = read_order(program, arguments, read)
            self.pip.carry_out(order, read, values, folder)
        except RequirementError as error:
            raise CommandFailedError(str(error), 1, "pip read the image's files as they are at this line.") from error
        except ConflictError as error:
            raise CommandFailedError(error.message, 1, "pip resolved it for the image's Python.") from error
        self.log += self.pip.log
        self.pip.log.clear()

    def _install_system(self, words: Sequence[str]) -> bool:
        named = apt_packages(words)
        if named is None:
            return False
        self._need_on_debian(posixpath.basename(words[0]))
        if named:
            self.system.update(named)
            self.log.append(f"Recorded as packages of the system: {' '.join(sorted(named))}")
        return True

    def _need_on_debian(self, name: str) -> None:
        """Debian and Ubuntu bring apt, and nobody else's tool for packages, unless it was asked for as a package."""
        release = self._files.read("/etc/os-release") or b""
        asked = {*self.system, *self._stage.draft.system}
        if name in _ELSEWHERE and name not in asked and re.search(rb"^ID=(debian|ubuntu)$", release, re.MULTILINE):
            cure = "The base is Debian or Ubuntu, which install with apt-get."
            raise CommandFailedError(f"/bin/sh: 1: {name}: not found", 127, cure)

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

    def _made_environment(self, words: Sequence[str], folder: str) -> bool:
        """python -m venv: an environment that has the image's Python and no packages."""
        names = [posixpath.basename(word) for word in words]
        if not (names[0].startswith("python") and names[1:3] == ["-m", "venv"] and len(words) > 3):
            return False
        place = posixpath.join(folder, words[-1])
        python = self._stage.image().python_version()
        self._files.make_folders(f"{place}/bin")
        self._files.write(f"{place}/pyvenv.cfg", f"home = /usr/local/bin\nversion = {python}\n".encode())
        here = Here(self._files, folder, {}, {})
        for name in ("python", "python3", "pip", "pip3"):
            FILE_COMMANDS["ln"](here, ["ln", "-sf", f"/usr/local/bin/{name}", f"{place}/bin/{name}"])
        return True
