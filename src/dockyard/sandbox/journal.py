"""The journal: one line for each thing that reached an account. It is the truth; a snapshot is only a cache of it.

Knows nothing about what a line does when it is replayed. A line holds the whole request but never an Authorization
header; bodies above 64 KB are kept beside it by digest. What is shown or exported goes through `shown`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from dockyard.errors import SandboxError

JOURNAL_FILE = "journal.jsonl"
LARGE = 64 * 1024
#: members whose values are never shown
SECRET_MEMBER = re.compile(r"(?i)secret|password|token(?!Id)|credential|privatekey|userdata|authorizationdata")
HIDDEN = "(not shown)"


class Journal:
    """A journal file, 0600. `lines` counts what it holds; a half-written last line is cut off when it is opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines = 0
        self._mend()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = open(descriptor, "ab", buffering=0)  # noqa: SIM115 -- open as long as the sandbox

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / JOURNAL_FILE

    def write(self, line: dict[str, Any]) -> None:
        """Append a line; it is in the file when this returns. Raises SandboxError, and then nothing of it is there."""
        self._append(json.dumps(line, separators=(",", ":"), default=_unusual).encode() + b"\n")
        self.lines += 1

    def _append(self, data: bytes) -> None:
        end = self._file.seek(0, os.SEEK_END)
        try:
            while data:  # a disk that is nearly full takes a part
                data = data[self._file.write(data) :]
        except OSError as error:
            os.truncate(self.path, end)
            raise self._full(error) from error

    def _full(self, error: OSError) -> SandboxError:
        return SandboxError(
            f"The journal {self.path} cannot be written: {error.strerror}. Nothing was changed.",
            next_step="Make room on its disk and do it again.",
        )

    def read(self, skip: int = 0) -> Iterator[dict[str, Any]]:
        """Every line but the first `skip`, in order. Raises SandboxError naming a line that is no JSON."""
        with self.path.open("rb") as file:
            for number, text in islice(enumerate(file, start=1), skip, None):
                try:
                    yield json.loads(text)
                except ValueError as error:
                    raise SandboxError(
                        f"Line {number} of {self.path} is damaged.",
                        next_step="Restore the file from a copy, or name another folder with --data.",
                    ) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def keep_body(self, body: bytes) -> dict[str, str]:
        """How a line names a body: as text, as base64, or by digest when it is large. Raises as `write` does."""
        if len(body) > LARGE:
            digest = hashlib.sha256(body).hexdigest()
            try:
                self._keep(self.folder / "bodies" / digest, body)
            except OSError as error:
                raise self._full(error) from error
            return {"digest": digest}
        try:
            return {"text": body.decode("ascii")}
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(body).decode()}

    def body(self, kept: dict[str, str]) -> bytes:
        """The body that a line names."""
        if "digest" in kept:
            return (self.folder / "bodies" / kept["digest"]).read_bytes()
        return kept["text"].encode() if "text" in kept else base64.b64decode(kept["base64"])

    @staticmethod
    def _keep(path: Path, body: bytes) -> None:
        """Write a body whole or not at all: it takes its name when all of it is there."""
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            unfinished = path.with_suffix(".new")
            unfinished.write_bytes(body)
            unfinished.replace(path)

    def _mend(self) -> None:
        """Count the lines and cut off one that was not written to its end: it was never acknowledged."""
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise SandboxError(
                f"The journal {self.path} cannot be read: {error.strerror}.",
                next_step="Give this user access to the data folder, or name another with --data.",
            ) from error
        end = content.rfind(b"\n") + 1
        if end < len(content):
            os.truncate(self.path, end)
        self.lines = content.count(b"\n")


def shown(value: Any) -> Any:
    """The value with everything secret hidden: for the console, exports and reports."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if SECRET_MEMBER.search(name) and not isinstance(one, dict | list) else shown(one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [shown(one) for one in value]
    return value


def _unusual(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"a journal line cannot hold {type(value).__name__}")
