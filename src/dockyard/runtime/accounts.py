"""Who a container's processes are: a user of the image by name or number, and what that user may do with a file.

Knows nothing about the host's users.
"""

from __future__ import annotations

from dataclasses import dataclass

from dockyard.errors import EngineError

__all__ = ["Account", "account", "mode_for"]


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the image's /etc/passwd and /etc/group have it."""

    name: str
    uid: int
    gid: int
    groups: frozenset[int]
    home: str


def account(said: str, passwd: str, group: str) -> Account:
    """The user that `USER`, `--user` or nothing means: NAME, UID, either with :GROUP; EngineError where none is."""
    wanted, _, wanted_group = said.partition(":")
    wanted = wanted or "0"
    users = [row for line in passwd.splitlines() if len(row := line.split(":")) > 5 and row[2].isdigit()]
    groups = [row for line in group.splitlines() if len(row := line.split(":")) > 2 and row[2].isdigit()]
    found = next((row for row in users if wanted in (row[0], row[2])), None)
    if found is None and not wanted.isdigit():
        raise _unknown("user", wanted, "passwd", "useradd")
    name, uid = (found[0], int(found[2])) if found else ("", int(wanted))
    gid = _gid(wanted_group, groups) if wanted_group else int(found[3]) if found else 0
    others = {int(row[2]) for row in groups if len(row) > 3 and name and name in row[3].split(",")}
    return Account(name, uid, gid, frozenset({gid} if wanted_group else {gid, *others}), found[5] if found else "/")


def _gid(wanted: str, groups: list[list[str]]) -> int:
    found = next((row for row in groups if wanted in (row[0], row[2])), None)
    if found is None and not wanted.isdigit():
        raise _unknown("group", wanted, "group", "groupadd")
    return int(found[2]) if found else int(wanted)


def _unknown(kind: str, name: str, file: str, command: str) -> EngineError:
    sentence = f"unable to find {kind} {name}: no matching entries in {file} file"
    return EngineError(sentence, status=400, next_step=f"Add the {kind} in the Dockerfile: RUN {command} {name}.")


def mode_for(who: Account, mode: int, uid: int, gid: int, *, folder: bool) -> int:
    """The mode that lets the one user there is do with a file what `who` may do; root may read and write all."""
    if who.uid == 0:
        runs = folder or bool(mode & 0o111)
        return (mode & 0o1077) | (0o700 if runs else 0o600)
    shift = 6 if who.uid == uid else 3 if gid in who.groups else 0
    return (mode & 0o1077) | ((mode >> shift) & 7) << 6
