"""A lab on the bench: a sandbox with a stand-in for the learner, brought to a step, where cells are tried.

Knows nothing about which verdict a cell should earn.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dockyard.client import Client
from dockyard.content import Lab, unpack
from dockyard.demo import sandbox
from dockyard.errors import ContentError
from dockyard.grading import Report, StepReport
from dockyard.rehearsal import Rehearsal
from dockyard.rehearsal.play import by_the_book

__all__ = ["Bench", "Workshop", "workshop"]


class Bench:
    """One lab in one sandbox: `up_to` a step (they come in order), then `attempt` cells for it."""

    def __init__(self, lab: Lab, folder: Path, variables: dict[str, str]) -> None:
        self.lab = lab
        self.folder = unpack(lab, folder)
        self.client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        opened = self.client.open(lab.id, "opening")
        #: what the opening state lacks of what the lab builds on: nothing, or the lab is wrong
        self.lacks: list[str] = opened["lacks"]
        self.values: dict[str, str] = opened["values"]
        self._at = ""
        self._solved = False
        self._cells = by_the_book(lab)
        self._learner = Rehearsal(variables)
        self._learner.begin(self.folder)

    def close(self) -> None:
        """End the learner."""
        self._learner.close()

    def run(self, cell: str, *, keep: bool = True) -> str:
        """Run a cell as the learner; the error it ended with, or ""."""
        return self._learner.run(cell, keep=keep)

    def up_to(self, step: str) -> None:
        """Solve the steps before this one, run the given cells, and keep cloud, engine and folder as they are then.

        Raises ContentError naming the cell that ended with an error.
        """
        if self._at == step:
            return
        self._past_the_step()
        for name, cell in self._cells:
            if name == step:
                break
            self._must_run(name, cell)
        self._at, self._solved = step, False
        self._keep(f"at {step}")

    def to_the_end(self) -> None:
        """Solve the last step, too, and run the given cells after it; there is no step to go back to then."""
        self.up_to(self.lab.steps[-1].id)
        self._past_the_step()
        for name, cell in self._cells:
            self._must_run(name, cell)

    def attempt(self, step: str, cell: str) -> tuple[StepReport, str]:
        """The verdict that a cell earns, from the state kept by `up_to`, and the error it ended with."""
        self.back()
        error = self.run(cell, keep=False)
        return self.judge(step), error

    def solve(self) -> tuple[StepReport, str]:
        """The same of the step's own solution; what it made is kept, so that the next step needs it not again."""
        self.back()
        error = self.run(self.lab.step(self._at).solution)
        report = self.judge(self._at)
        self._solved = not error
        self._keep(f"after {self._at}")
        return report, error

    def judge(self, step: str) -> StepReport:
        """The verdict on the step as things are."""
        (report,) = Report.from_json(self.client.check(self.lab.id, step)).steps
        return report

    def back(self) -> None:
        """Cloud, engine and folder as they were before the step."""
        self._restore(f"at {self._at}")

    def _past_the_step(self) -> None:
        """The step where we are, solved; nothing is done where we are at none."""
        if self._solved:
            self._restore(f"after {self._at}")
        elif self._at:
            self.back()
            self._must_run(self._at, self.lab.step(self._at).solution)

    def _must_run(self, name: str, cell: str) -> None:
        if error := self.run(cell):
            raise ContentError(f"Cell {name} of {self.lab.id} ended with an error: {error}")

    def _keep(self, moment: str) -> None:
        self.client.keep(moment)
        shutil.copytree(self.folder, self._kept(moment))

    def _restore(self, moment: str) -> None:
        self.client.restore(moment)
        for one in self.folder.iterdir():  # the folder itself stays: the learner works in it
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        shutil.copytree(self._kept(moment), self.folder, dirs_exist_ok=True)

    def _kept(self, moment: str) -> Path:
        return self.folder.with_name(f"{self.folder.name} {moment}")


class Workshop:
    """A sandbox whose labs come to the bench one after the other. `folder` is where their files lie."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self._folder = folder
        self._variables = variables

    @contextmanager
    def bench(self, lab: Lab) -> Iterator[Bench]:
        """A lab on the bench, from its opening state."""
        made = Bench(lab, self._folder / lab.id, self._variables)
        try:
            yield made
        finally:
            made.close()


@contextmanager
def workshop(
    folder: Path, *options: str, packages: Path | None = None, variables: Mapping[str, str] = os.environ
) -> Iterator[Workshop]:
    """A workshop whose data and files lie in a folder; `options` are those of `dockyard up`.

    `packages` is a folder that workshops share, so that what a container needs of the index is fetched once for all.
    `variables` may name a warm Python, from which its processes are forked.
    """
    if packages is not None:
        (folder / "data").mkdir(mode=0o700)
        (folder / "data" / "packages").symlink_to(packages)
    with sandbox(folder / "data", *options, variables=variables) as known:
        yield Workshop(folder / "work", known)
