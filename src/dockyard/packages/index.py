"""The index, asked through pip: whatever pip is configured to use here, with its certificates, proxies and passwords.

Knows nothing about what is at hand. pip is run as a program of its own and is told to take wheels only, so no code of
a package runs. Where no index answers within a few seconds, that is remembered for a while and pip is told not to ask.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dockyard.errors import ConflictError
from dockyard.packages.distribution import Distribution, normal
from dockyard.packages.interpreter import Interpreter
from dockyard.packages.target import Target
from dockyard.packages.wheel import Wheel

__all__ = ["Index", "UnreachableError"]

_PATIENCE = 3  # seconds for one connection
_WHOLE_PATIENCE = 900  # seconds for one question, downloads included
_REMEMBERED = 120.0  # seconds for which nobody is asked after nobody answered
_SILENT = re.compile(r"Could not fetch URL \S+: (?!404)|Ignoring indexes:|No module named pip")
_WHEELS_ONLY = "--only-binary=:all:"
_ALWAYS = ("--disable-pip-version-check", "--no-input", "--retries=0")


class UnreachableError(Exception):
    """No index could be asked."""


class Index:
    """pip's index; `wheels` is one more folder in which it may look."""

    def __init__(self, wheels: Path | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._wheels = wheels
        self._now = now
        self._silent_until = float("-inf")
        self._unanswered: dict[tuple[str, ...], float] = {}  # a question, and until when it is not asked again

    def wheels(self, wanted: Sequence[str], target: Target, folder: Path) -> list[Wheel]:
        """Download the best wheel of each requirement for a target, without what it requires in turn."""
        return self._downloaded(folder, *target.pip_options(), *wanted)

    def wheels_for(self, pins: Sequence[str], interpreter: Interpreter, folder: Path) -> list[Wheel]:
        """Download the wheels of exact versions that one of this machine's Pythons can load."""
        other = [] if interpreter.command == sys.executable else ["--python-version", interpreter.version]
        return self._downloaded(folder, *other, *pins)

    def _downloaded(self, folder: Path, *arguments: str) -> list[Wheel]:
        if self._now() < self._unanswered.get(arguments, float("-inf")):
            raise UnreachableError("nobody answered this a moment ago")
        try:
            self._pip("download", _WHEELS_ONLY, "--progress-bar=off", "--no-deps", "--dest", str(folder), *arguments)
        except UnreachableError:
            self._unanswered[arguments] = self._now() + _REMEMBERED
            raise
        return [Wheel(path) for path in sorted(folder.glob("*.whl"))]

    def versions(self, name: str, target: Target) -> list[str]:
        """Every version of a name for a target's Python, also those of which there is only the source."""
        try:
            said = self._pip("index", "versions", name, "--python-version", target.minor)
        except ConflictError:
            return []
        listed = re.search(r"^Available versions: (.*)$", said, re.MULTILINE)
        return listed[1].split(", ") if listed else []

    def solve(self, wanted: Sequence[str], constraints: Sequence[str], target: Target) -> list[Distribution]:
        """What pip would install into an empty Python; ConflictError in pip's words where it cannot."""
        with tempfile.TemporaryDirectory() as folder:
            report, limits = Path(folder) / "report.json", Path(folder) / "constraints.txt"
            limits.write_text("".join(f"{line}\n" for line in constraints))
            options = [
                _WHEELS_ONLY,
                "--dry-run",
                "--target",
                folder,
                "--report",
                str(report),
                "--constraint",
                str(limits),
            ]
            self._pip("install", *options, *target.pip_options(), *wanted)
            return [_described(each["metadata"]) for each in json.loads(report.read_text())["install"]]

    def _pip(self, verb: str, *arguments: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "pip.log"
            command = [sys.executable, "-P", "-m", "pip", verb, *_ALWAYS, *self._places(), "--log", str(log)]
            try:
                asked = subprocess.run(
                    [*command, f"--timeout={_PATIENCE}", *arguments],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                    cwd=folder, text=True, errors="replace", timeout=_WHOLE_PATIENCE,
                )  # fmt: skip
            except (OSError, subprocess.TimeoutExpired) as error:
                raise UnreachableError(str(error)) from error
            if asked.returncode != 0:
                self._judge(asked.stdout + (log.read_text(errors="replace") if log.exists() else ""), asked.stdout)
            return asked.stdout

    def _judge(self, everything: str, said: str) -> None:
        """Why pip failed: nobody was there to ask, or what was asked cannot be had."""
        if self._is_silent or _SILENT.search(everything):
            if not self._is_silent:
                self._silent_until = self._now() + _REMEMBERED
            raise UnreachableError(said)
        raise ConflictError(_errors(said))

    @property
    def _is_silent(self) -> bool:
        return self._now() < self._silent_until

    def _places(self) -> list[str]:
        near = [f"--find-links={self._wheels}"] if self._wheels else []
        return [*near, "--no-index"] if self._is_silent else near


def _errors(said: str) -> str:
    """pip's words from its first complaint on."""
    lines = [line for line in said.splitlines() if not line.startswith(("WARNING:", "[notice]"))]
    first = next((at for at, line in enumerate(lines) if line.startswith("ERROR:")), 0)
    return "\n".join(lines[first:]).strip()


def _described(metadata: dict[str, object]) -> Distribution:
    requires = metadata.get("requires_dist")
    return Distribution(
        normal(str(metadata["name"])),
        str(metadata["version"]),
        tuple(str(each) for each in requires) if isinstance(requires, list) else (),
        str(metadata.get("requires_python") or ""),
    )
