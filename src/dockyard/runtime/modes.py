"""Owner and mode of a container's files: what the image and a copy say, and what lies on disk for it.

Knows nothing about how files are written. On disk all belong to one user of this machine, with the modes that let the
container's user do what it may.
"""

from __future__ import annotations

import stat
from collections import ChainMap
from collections.abc import Mapping

from dockyard.runtime.accounts import Account, mode_for
from dockyard.runtime.files import Kept
from dockyard.runtime.tree import Seen

__all__ = ["Modes"]


class Modes:
    """The modes of one container; `listing` has its image's."""

    def __init__(self, listing: Mapping[str, Kept], account: Account) -> None:
        self._said: ChainMap[str, Kept] = ChainMap({}, dict(listing))
        self.account = account

    def of(self, path: str, seen: Seen) -> tuple[int, int, int]:
        """Mode, user and group of what is there: as it was said, unless somebody has changed the mode since."""
        said, mode = self._said.get(path), stat.S_IMODE(seen.status.st_mode)
        if said is not None and said.kind == seen.kind:
            on_disk = self._on_disk(said)
            if seen.kind == "link" or mode in (on_disk, on_disk | 0o100):  # a folder may have to be gone through
                return said.mode, said.uid, said.gid
        return mode, self.account.uid, self.account.gid

    def settle(self, path: str, kind: str, mode: int, owner: tuple[int, int]) -> int:
        """Take note of what a path is to be, and say which mode that is on disk."""
        self._said[path] = said = Kept(kind, mode & 0o1777, *owner)
        return self._on_disk(said)

    def _on_disk(self, said: Kept) -> int:
        return mode_for(self.account, said.mode, said.uid, said.gid, folder=said.kind == "directory")
