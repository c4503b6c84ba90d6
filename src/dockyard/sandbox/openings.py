"""Opening states: what the solutions of the labs before leave, made by playing them against this very sandbox.

Knows nothing about the cloud whose place an opening state takes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dockyard.content import Course, Lab, unpack
from dockyard.errors import ContentError
from dockyard.rehearsal import Rehearsal, play

if TYPE_CHECKING:
    from dockyard.sandbox.sandbox import Sandbox

__all__ = ["Openings"]

#: An opening's last minute: what the labs before started last serves then.
_SETTLES = """
import os
from dockyard.client import Client
Client(os.environ["AWS_ENDPOINT_URL"], os.environ["DOCKYARD_TOKEN"]).advance(60)
"""


class Openings:
    """Those of a sandbox. What each lab left is kept as a snapshot: as long as this process lives, the course is the
    same, and the next opening state begins with the last lab that was played before.
    """

    def __init__(self, sandbox: Sandbox, course: Course) -> None:
        self._sandbox = sandbox
        self._course = course
        self._played: set[str] = set()

    def make(self, lab: Lab) -> None:
        """Let the account be a lab's opening state. Raises ContentError, OSError, SandboxError for a full disk."""
        labs = self._course.before(lab)
        learner = self._sandbox.learner
        done = next((n for n in range(len(labs), 0, -1) if self._is_kept(labs[n - 1])), 0)
        with self._sandbox.host.lock:
            if done:
                learner.restore(_left_by(labs[done - 1]))
            else:
                learner.reset()
        self._play(labs[done:], lab)

    def _is_kept(self, lab: Lab) -> bool:
        return lab.id in self._played and _left_by(lab) in self._sandbox.learner.snapshots

    def _play(self, labs: Sequence[Lab], opened: Lab) -> None:
        """Let the solutions of these labs make the cloud: the course's own code runs."""
        variables = {**os.environ, **self._sandbox.environment()}
        with (
            self._sandbox.stepped(),
            tempfile.TemporaryDirectory(prefix="dockyard-opening-") as folder,
            Rehearsal(variables) as rehearsal,
        ):
            for lab in labs:
                rehearsal.begin(unpack(lab, Path(folder) / lab.id))
                play(lab, rehearsal)
                with self._sandbox.host.lock:
                    self._sandbox.learner.snapshot(_left_by(lab))
                self._played.add(lab.id)
            if error := rehearsal.run(_SETTLES):
                raise ContentError(f"The opening state of {opened.id} could not settle: {error}.")


def _left_by(lab: Lab) -> str:
    """The name of the snapshot of what a lab left, played by the book."""
    return f"left by {lab.id}"
