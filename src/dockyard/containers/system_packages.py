"""apt-get, apk and dnf in a RUN: which packages of the system they name. None is fetched or unpacked.

Knows nothing about images.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["apt_packages"]

_ADDING = frozenset(("install", "add"))
_HARMLESS = frozenset(
    (
        "update",
        "upgrade",
        "dist-upgrade",
        "full-upgrade",
        "clean",
        "autoclean",
        "autoremove",
        "remove",
        "purge",
        "check",
    )
)
_WITH_VALUE = frozenset(("-t", "--target-release", "-o", "--option", "-c", "--virtual", "--repository"))


def apt_packages(words: Sequence[str]) -> list[str] | None:
    """The packages that a command installs, none where it installs nothing; None where it is not understood."""
    arguments: list[str] = []
    rest = iter(words[1:])
    for word in rest:
        if word in _WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-"):
            arguments.append(word)
    if not arguments:
        return None
    if arguments[0] in _ADDING:
        return arguments[1:]
    return [] if arguments[0] in _HARMLESS else None
