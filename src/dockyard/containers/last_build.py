"""What the last build of a name came to: the words in which it failed, or what its context was.

Knows nothing about how images are built.
"""

from __future__ import annotations

from dataclasses import dataclass

from dockyard.containers.ignore import Ignore

__all__ = ["LastBuild"]


@dataclass(frozen=True, slots=True)
class LastBuild:
    """`failed` is "" where it went well; `sent`: the names at the top of its context, `ignores`: its .dockerignore."""

    failed: str = ""
    sent: tuple[str, ...] = ()
    ignores: str = ""

    def ignored_by(self, path: str) -> str:
        """The line of .dockerignore that kept a path of the context out; "" where none is known."""
        return Ignore(self.ignores).line(path)
