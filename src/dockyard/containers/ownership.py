"""Who `--chown=app` means in an image.

Knows nothing about files.
"""

from __future__ import annotations

from collections.abc import Mapping

from dockyard.containers.accounts import Accounts
from dockyard.containers.dockerfile import Instruction
from dockyard.containers.stage import Stage, failure

__all__ = ["owner"]


def owner(stage: Stage, instruction: Instruction, text: str) -> tuple[int, int]:
    """The uid and gid of `--chown=USER[:GROUP]`; root where nothing is said."""
    if not text:
        return 0, 0
    known = Accounts(lambda path: stage.image().read_file(path))
    user, _, group = stage.expand(text, instruction).partition(":")
    uid = _number(instruction, known.users, user, "user")
    return uid, _number(instruction, known.groups, group, "group") if group else known.groups.get(user, uid)


def _number(instruction: Instruction, known: Mapping[str, int], name: str, kind: str) -> int:
    if name.isdigit():
        return int(name)
    if name in known:
        return known[name]
    letter = "u" if kind == "user" else "g"
    sentence = f"unable to convert uid/gid chown string to host mapping: can't find {letter}id for {kind} {name}"
    raise failure(instruction.line, f"{sentence}: no such {kind}: {name}.", f"Add the {kind} in a RUN above this line.")
