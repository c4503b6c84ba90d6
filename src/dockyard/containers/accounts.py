"""The users and groups of an image: names and numbers, and whom `RUN useradd app` adds.

Knows nothing about passwords or shells: it reads and lengthens /etc/passwd and /etc/group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

__all__ = ["ACCOUNT_COMMANDS", "AccountError", "Accounts"]

_FIRST_USER, _FIRST_SYSTEM_USER = 1000, 999
_OPTIONS = (
    "-u --uid -g --gid -G --groups --ingroup -d --home --home-dir -h -s --shell -c --comment --gecos "
    "-p --password -b -K -k"
)
_WITH_VALUE = frozenset(_OPTIONS.split())


class AccountError(Exception):
    """A command on accounts that fails, with what it prints and the code it ends with."""

    def __init__(self, said: str, code: int) -> None:
        super().__init__(said)
        self.code = code


class Accounts:
    """The accounts of an image whose files `read` reads; `added` are the new lines of /etc/passwd and /etc/group."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._texts = {name: (read(f"/etc/{name}") or b"").decode("utf-8", "replace") for name in ("passwd", "group")}
        self.users, self.groups = self._numbers("passwd"), self._numbers("group")
        self.homes = {row[0]: row[5] for row in self._rows("passwd") if len(row) > 5}
        self._primary = {row[0]: int(row[3]) for row in self._rows("passwd") if len(row) > 3 and row[3].isdigit()}
        self.added: dict[str, list[str]] = {}

    def _rows(self, name: str) -> list[list[str]]:
        return [line.split(":") for line in self._texts[name].splitlines()]

    def _numbers(self, name: str) -> dict[str, int]:
        return {row[0]: int(row[2]) for row in self._rows(name) if len(row) > 2 and row[2].isdigit()}

    def text(self, name: str) -> str:
        """`passwd` or `group` with the lines that were added."""
        before = self._texts[name]
        return (before if not before or before.endswith("\n") else before + "\n") + "".join(self.added.get(name, []))

    def of(self, user: str) -> tuple[int, int, str]:
        """The uid, gid and home of `USER[:GROUP]` as an image's settings have it; root where nothing is said."""
        name, _, group = user.partition(":")
        uid = int(name) if name.isdigit() else self.users.get(name, 0)
        known = next((each for each, number in self.users.items() if number == uid), "")
        gid = int(group) if group.isdigit() else self.groups.get(group, self._primary.get(known, 0))
        return uid, gid, self.homes.get(known, "/")

    def add_group(self, words: Sequence[str]) -> None:
        """groupadd, addgroup; AccountError where the group is there already."""
        group = _named(words)
        if not group:
            return
        if group in self.groups:
            raise AccountError(f"groupadd: group '{group}' already exists", 9)
        self._new_group(group, _wanted(words, "-g", "--gid") or _free(words, self.groups))

    def _new_group(self, group: str, gid: int) -> None:
        self.groups[group] = gid
        self.added.setdefault("group", []).append(f"{group}:x:{gid}:\n")

    def add_user(self, words: Sequence[str]) -> None:
        """useradd, adduser, with a group of its own where none is named; AccountError where it is there."""
        user = _named(words)
        if not user:
            return
        if user in self.users:
            raise AccountError(f"useradd: user '{user}' already exists", 9)
        uid = _wanted(words, "-u", "--uid") or _free(words, self.users)
        gid, home, shell = self._group_of(words, user, uid), _value(words, _HOMES), _value(words, _SHELLS)
        self.users[user], self._primary[user] = uid, gid
        self.homes[user] = home or f"/home/{user}"
        self.added.setdefault("passwd", []).append(f"{user}:x:{uid}:{gid}::{self.homes[user]}:{shell or '/bin/sh'}\n")

    def _group_of(self, words: Sequence[str], user: str, uid: int) -> int:
        named = _value(words, ("-g", "--gid", "--ingroup"))
        if named:
            if not named.isdigit() and named not in self.groups:
                raise AccountError(f"useradd: group '{named}' does not exist", 6)
            return int(named) if named.isdigit() else self.groups[named]
        if user not in self.groups:
            self._new_group(user, uid)
        return self.groups[user]


_HOMES = ("-d", "--home", "--home-dir", "-h")
_SHELLS = ("-s", "--shell")
ACCOUNT_COMMANDS: Mapping[str, Callable[[Accounts, Sequence[str]], None]] = {
    "addgroup": Accounts.add_group,
    "adduser": Accounts.add_user,
    "groupadd": Accounts.add_group,
    "useradd": Accounts.add_user,
}


def _named(words: Sequence[str]) -> str:
    """The account a command adds: its last word that is neither an option nor an option's value."""
    names = [word for before, word in pairwise(words) if not word.startswith("-") and before not in _WITH_VALUE]
    return names[-1] if names else ""


def _value(words: Sequence[str], options: Sequence[str]) -> str:
    """The value of one of these options, in the word after it or behind an equals sign."""
    for option, value in pairwise(words):
        if option in options:
            return value
    joined = (word.partition("=") for word in words)
    return next((value for option, _, value in joined if option in options and value), "")


def _wanted(words: Sequence[str], *options: str) -> int:
    value = _value(words, options)
    return int(value) if value.isdigit() else 0


def _free(words: Sequence[str], taken: Mapping[str, int]) -> int:
    """The next number: above the highest from 1000 up; for system accounts (-r, --system, -S) below the lowest."""
    if any(option in words for option in ("-r", "--system", "-S")):
        return min((number for number in taken.values() if 100 < number <= _FIRST_SYSTEM_USER), default=1000) - 1
    return max((number for number in taken.values() if _FIRST_USER <= number < 60000), default=_FIRST_USER - 1) + 1
