"""What each learner's account is drawn from: a class secret, and from it a seed per learner.

Knows nothing about sandboxes that run: `dockyard up --seed SEED` makes the account that is told here.
"""

from __future__ import annotations

import csv
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from dockyard.errors import ClassroomError
from dockyard.sandbox.birth import Birth

__all__ = ["class_secret", "list_accounts", "seed"]

_SECRET_FILE = ".dockyard-secret"
_LIST = "accounts.csv"


def class_secret(folder: Path, *, draw: bool = False) -> str:
    """The secret kept in the course's folder for its owner only; drawn where there is none and `draw` says so.

    Raises ClassroomError when it is missing.
    """
    file = folder / _SECRET_FILE
    if draw and not file.exists():
        _write(file, secrets.token_hex(32))
    try:
        return file.read_text().strip()
    except OSError as error:
        raise ClassroomError(
            f"The class secret {file} cannot be read: {error.strerror}.",
            next_step="Put it back: learners' accounts are drawn from it.",
        ) from error


def seed(secret: str, learner: str) -> str:
    """What the learner's identifiers are drawn from: 32 hexadecimal digits that tell nothing of the secret."""
    return hmac.new(secret.encode(), f"learner:{learner}".encode(), "sha256").hexdigest()[:32]


def list_accounts(folder: Path, secret: str, learners: Iterable[str]) -> Path:
    """Write accounts.csv for the owner only: id, seed, account id, access key, a line a learner. Answers the file."""
    file = folder / _LIST
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as opened:
        lines = csv.writer(opened)
        lines.writerow(("id", "seed", "account", "access_key"))
        for learner in learners:
            drawn = seed(secret, learner)
            birth = Birth.now(drawn, 0.0, 0)
            lines.writerow((learner, drawn, birth.account, birth.access_key))
    return file


def _write(file: Path, text: str) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
