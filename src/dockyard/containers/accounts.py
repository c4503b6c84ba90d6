"""The users and groups of an image: who `--chown=app` means, and whom `RUN useradd app` adds.

Knows nothing about passwords or shells: names and numbers from /etc/passwd and /etc/group.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dockyard.containers.dockerfile import Instruction
from dockyard.containers.layers import Entry, text_file
from dockyard.containers.stage import Stage, failure

__all__ = ["added_accounts", "owner"]

_FIRST_USER, _FIRST_SYSTEM_USER = 1000, 999
_USER_COMMANDS = ("useradd", "adduser")
_GROUP_COMMANDS = ("groupadd", "addgroup")
_OPTIONS = (
    "-u --uid -g --gid -G --groups --ingroup -d --home --home-dir -h -s --shell -c --comment --gecos "
    "-p --password -b -K -k"
)
_WITH_VALUE = frozenset(_OPTIONS.split())


def owner(stage: Stage, instruction: Instruction, text: str) -> tuple[int, int]:
    """The uid and gid of `--chown=USER[:GROUP]`; root where nothing is said."""
    if not text:
        return 0, 0
    user, _, group = stage.expand(text, instruction).partition(":")
    users, groups = _numbers(stage, "passwd"), _numbers(stage, "group")
    uid = _number(instruction, users, user, "user")
    return uid, _number(instruction, groups, group, "group") if group else groups.get(user, uid)


def _number(instruction: Instruction, known: dict[str, int], name: str, kind: str) -> int:
    if name.isdigit():
        return int(name)
    if name in known:
        return known[name]
    letter = "u" if kind == "user" else "g"
    sentence = f"unable to convert uid/gid chown string to host mapping: can't find {letter}id for {kind} {name}"
    raise failure(instruction.line, f"{sentence}: no such {kind}: {name}.", f"Add the {kind} in a RUN above this line.")


def _numbers(stage: Stage, name: str) -> dict[str, int]:
    rows = (line.split(":") for line in _text(stage, name).splitlines())
    return {row[0]: int(row[2]) for row in rows if len(row) > 2 and row[2].isdigit()}


def _text(stage: Stage, name: str) -> str:
    return (stage.image().read_file(f"/etc/{name}") or b"").decode("utf-8", "replace")


def added_accounts(stage: Stage, commands: Sequence[Sequence[str]]) -> list[Entry]:
    """/etc/passwd and /etc/group with the users and groups that commands of one RUN add; nothing where none does."""
    users, groups = _numbers(stage, "passwd"), _numbers(stage, "group")
    before = (dict(users), dict(groups))
    for words in commands:
        name = words[0].rpartition("/")[2]
        if name in _GROUP_COMMANDS and (group := _named(words)):
            groups.setdefault(group, _wanted(words, "-g", "--gid") or _free(words, groups))
        if name in _USER_COMMANDS and (user := _named(words)):
            users.setdefault(user, _wanted(words, "-u", "--uid") or _free(words, users))
            groups.setdefault(user, users[user])
    if before == (users, groups):
        return []
    new_users = [
        f"{user}:x:{uid}:{groups[user]}::/home/{user}:/bin/sh" for user, uid in users.items() if user not in before[0]
    ]
    new_groups = [f"{group}:x:{gid}:" for group, gid in groups.items() if group not in before[1]]
    return [_appended(stage, "passwd", new_users), _appended(stage, "group", new_groups)]


def _appended(stage: Stage, name: str, lines: Sequence[str]) -> Entry:
    return text_file(f"etc/{name}", _text(stage, name) + "".join(f"{line}\n" for line in lines))


def _named(words: Sequence[str]) -> str:
    """The account a command adds: its last word that is neither an option nor an option's value."""
    names = [word for before, word in pairwise(words) if not word.startswith("-") and before not in _WITH_VALUE]
    return names[-1] if names else ""


def _wanted(words: Sequence[str], *options: str) -> int:
    for option, value in pairwise(words):
        if option in options and value.isdigit():
            return int(value)
    joined = (word.partition("=") for word in words)
    return next((int(value) for option, _, value in joined if option in options and value.isdigit()), 0)


def _free(words: Sequence[str], taken: dict[str, int]) -> int:
    """The next number: from 1000 up, for system accounts (-r, --system, -S) from 999 down."""
    used = set(taken.values())
    if any(option in words for option in ("-r", "--system", "-S")):
        return next(number for number in range(_FIRST_SYSTEM_USER, 0, -1) if number not in used)
    return next(number for number in range(_FIRST_USER, 60000) if number not in used)
