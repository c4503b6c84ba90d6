"""An account's birth record and the secrets beside it: what must be known to open or replay an account.

Knows nothing about what happened since.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from dockyard.cloud.clock import iso, parse_iso
from dockyard.errors import SandboxError

#: The format of the data folder. A newer one is refused, never guessed at.
FORMAT = 1
SECRETS_FILE = "secrets.json"


@functools.cache
def _versions() -> dict[str, str]:
    """The versions of what decides how an account lives; read from the disk once, and shared by all born here."""
    return {name: version(name) for name in ("dockyard", "moto")}


@dataclass(slots=True, frozen=True)
class Birth:
    """The journal's first line. `start` is simulated time at birth; the port is kept for the repositories' names."""

    seed: str
    start: str
    account: str
    access_key: str
    port: int
    versions: dict[str, str]
    format: int = FORMAT

    @classmethod
    def now(cls, seed: str, start: float, port: int) -> Birth:
        """A new birth: account id and access key follow from the seed."""
        digest = hashlib.sha256(f"account:{seed}".encode()).hexdigest()
        account = f"{int(digest[:16], 16) % 9 * 10**11 + 10**11 + int(digest[16:32], 16) % 10**11:012d}"
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        key = "".join(alphabet[int(digest[place : place + 2], 16) % 32] for place in range(32, 64, 2))
        return cls(seed, iso(start), account, f"AKIA{key}", port, _versions())

    @property
    def started(self) -> float:
        """The simulated moment of birth, in seconds since 1970."""
        return parse_iso(self.start)

    @property
    def learner(self) -> str:
        """The ARN of the user the learner works as."""
        return f"arn:aws:iam::{self.account}:user/learner"

    def line(self) -> dict[str, object]:
        """The record as the journal's first line."""
        return {"kind": "birth", **asdict(self)}

    @classmethod
    def read(cls, line: object, where: Path) -> Birth:
        """The record in a journal's first line. Raises SandboxError when it is newer than this program, or no birth."""
        members = line if isinstance(line, dict) else {}
        if isinstance(found := members.get("format"), int) and found > FORMAT:
            raise SandboxError(
                f"The data folder {where} was written by a newer Dockyard (format {found}, this one reads {FORMAT}).",
                next_step="Install that version again, or name another folder with --data.",
            )
        fields = {name: value for name, value in members.items() if name != "kind"}
        try:
            return cls(**fields)
        except TypeError as error:
            raise SandboxError(
                f"The journal in {where} does not begin with a birth record.",
                next_step="Name another folder with --data, or move this one away to begin afresh.",
            ) from error


@dataclass(slots=True, frozen=True)
class Secrets:
    """What nobody may see: control token, the learner's secret key, the class seed and the registry's signing key."""

    token: str
    secret_key: str
    class_seed: str
    registry_key: str

    def __repr__(self) -> str:
        return "Secrets(…)"

    @classmethod
    def drawn(cls) -> Secrets:
        """Fresh secrets, from the operating system."""
        return cls(
            secrets.token_urlsafe(24), secrets.token_urlsafe(30)[:40], secrets.token_hex(16), secrets.token_hex(32)
        )

    def write(self, folder: Path) -> None:
        """Keep them in the folder, readable by its owner only."""
        with open(os.open(folder / SECRETS_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file)

    @classmethod
    def read(cls, folder: Path) -> Secrets:
        """The secrets kept in the folder. Raises SandboxError when they cannot be read."""
        try:
            kept = cls(**json.loads((folder / SECRETS_FILE).read_text()))
            bytes.fromhex(kept.registry_key)
            return kept
        except (OSError, ValueError, TypeError) as error:
            why = error.strerror if isinstance(error, OSError) else "they are not as Dockyard wrote them"
            raise SandboxError(
                f"The secrets of the data folder {folder} cannot be read: {why}.",
                next_step="Restore secrets.json, or name another folder with --data.",
            ) from error
