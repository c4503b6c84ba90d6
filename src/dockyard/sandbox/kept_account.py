"""An account as its data folder keeps it: the world that its journal tells, and what one can go back to.

Knows nothing about who may change it or how a change is written down: what is here writes no line of the journal.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from dockyard.cloud.clock import MINUTE
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.containers.table import ImageTable, no_images
from dockyard.errors import SandboxError
from dockyard.sandbox.birth import Birth, Secrets
from dockyard.sandbox.journal import Journal
from dockyard.sandbox.marks import Kept, is_mark, marks_of
from dockyard.sandbox.recollections import Recollections
from dockyard.sandbox.replay import again
from dockyard.sandbox.snapshot_file import Saved, SnapshotFile
from dockyard.sandbox.worlds import World

#: A snapshot is written after so many lines or simulated minutes: what is left to replay stays a fraction of a second.
LINES_TO_REPLAY, MINUTES_TO_REPLAY = 100, 720
#: To copy so many bytes of an account, for a snapshot or a restore, takes as long as a line.
BYTES_A_LINE = 1 << 20

_log = logging.getLogger(__name__)


class KeptAccount:
    """An account's world, its snapshots and its engine's images, as `journal` tells them.

    A new one is as it was born; `recover` makes it what the journal tells.
    """

    def __init__(self, folder: Path, birth: Birth, secrets: Secrets, journal: Journal) -> None:
        self.folder = folder
        self.birth = birth
        self.secrets = secrets
        self.journal = journal
        self.world = World.born(birth)
        self.snapshots: dict[str, Kept] = {}
        self.recollections = Recollections()
        self.images = ImageTable(folder, now=time.time)
        #: how often the account went back to a snapshot or to its birth, and the images it had to have then
        self._returns: tuple[int, dict[str, Any] | None] = (0, None)
        self._file = SnapshotFile(folder)
        self._saved = (journal.lines, self.world.account.clock.now)
        self._copied = 0  # bytes, since then

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the journal: nothing can change the account any more."""
        self.journal.close()

    def save(self) -> None:
        """Write the snapshot that lets the next start skip the replay."""
        self._saved, self._copied = (self.journal.lines, self.world.account.clock.now), 0
        self._file.write(Saved(self.journal.lines, self.world, self.snapshots, self._returns, self.recollections))

    def save_if_due(self) -> None:
        """Save where much came since the last time; not in the midst of a change, whose line is not written yet."""
        lines, now = self._saved
        minutes = abs(self.world.account.clock.now - now) / MINUTE
        much = self.journal.lines - lines + self._copied / BYTES_A_LINE
        if much >= LINES_TO_REPLAY or minutes >= MINUTES_TO_REPLAY:
            self.save()

    def recover(self) -> None:
        """Be what the journal tells, from the snapshot if that is current, else by replay. Raises SandboxError."""
        lines = 1
        if saved := self._file.read(self.journal.lines):
            self.world, self.snapshots, self._returns = saved.world, saved.snapshots, saved.returns
            self.recollections = saved.recollections
            lines = max(saved.lines, 1)
        else:
            self.world, self.snapshots, self._returns = World.born(self.birth), {}, (0, None)
            self.recollections = Recollections()
        self._saved, self._copied = (lines, self.world.account.clock.now), 0
        self.replay(skip=lines)

    def replay(self, skip: int = 1) -> None:
        """Do again what the journal's lines say, but the first `skip` (the birth at least)."""
        for number, line in enumerate(self.journal.read(skip), start=skip):
            try:
                again(self, line, f"{self.birth.seed}:{number}")
                self.recollections.take(line)
            except (KeyError, TypeError, ValueError, OSError) as error:
                raise SandboxError(
                    f"Line {number + 1} of {self.journal.path} cannot be done again ({error!r}).",
                    next_step="Restore the data folder from a copy, or name another with --data.",
                ) from error

    def keep_as(self, name: str, images: dict[str, Any] | None) -> None:
        """Keep the world under a name, with these images."""
        marks = {} if is_mark(name) else marks_of(self.snapshots)
        world = self.world.frozen()
        self._copied += len(world)
        self.snapshots[name] = Kept(world, images, self.recollections.kept(), marks)

    def go_back(self, name: str, forget: Sequence[str], marks: Sequence[str]) -> None:
        """Be again what was kept under a name; forget those snapshots, and have those marks that were kept with it.

        Raises KeyError for an unknown name.
        """
        kept = self.snapshots[name]
        self._copied += len(kept.world)
        self._become(World.thawed(kept.world), kept.images)
        self.recollections.go_back(kept.refused)
        for one in forget:
            self.snapshots.pop(one, None)
        self.snapshots.update({one: kept.marks[one] for one in marks})

    def begin_again(self) -> None:
        """Be again what was born, with no marks."""
        self._become(World.born(self.birth), no_images())
        self.recollections.go_back({})
        self.snapshots = {name: kept for name, kept in self.snapshots.items() if not is_mark(name)}

    def is_as_opened(self) -> bool:
        """Whether nothing but time has changed the account since the first mark there is, the one an opening makes."""
        first = next((kept for name, kept in self.snapshots.items() if is_mark(name)), None)
        if first is None or first.images != self.images.kept():
            return False
        then = World.thawed(first.world)
        then.account.registry = self.world.account.registry
        then.cloud.advance_to(self.world.account.clock.now)
        return then.described() == self.world.described()

    def offer(self, region: str, offer: list[Any]) -> None:
        """Put an offer (what `Metering.offer` takes, in its order) to the world."""
        balancing = self.world.cloud.service(ElasticLoadBalancing, region)
        balancing.offer(*offer)
        self.world.cloud.woken(region)

    def put_images_back(self) -> None:
        """The images of the last return, unless the table has had them: a kill may have come in between."""
        returns, images = self._returns
        if self.images.returns < returns and images is not None:
            try:
                self.images.become(returns, images)
            except OSError as error:
                _log.warning(
                    "The engine's tags cannot be written (%s); they are as they should be until it ends.", error
                )

    def _become(self, world: World, images: dict[str, Any] | None) -> None:
        """Another world at the same port, and another set of images (None: an old journal does not tell)."""
        world.account.registry = self.world.account.registry
        self.world = world
        self._returns = (self._returns[0] + 1, images)
