"""A sandbox with a learner before it, for trying a lab's cells: the solution, each mistake, other right answers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, build_opener

from dockyard.client import Client
from dockyard.content import Lab, lab_notebook, unpack
from dockyard.demo import sandbox
from dockyard.grading import Report, StepReport

LEARNER = Path(__file__).with_name("lab_learner.py")


class Bench:
    """One lab in one sandbox: `up_to` a step (they come in order), then `attempt` cells for it."""

    def __init__(self, lab: Lab, folder: Path, variables: dict[str, str]) -> None:
        self.lab = lab
        self.folder = unpack(lab, folder)
        self.client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        self._at = ""
        self._cells = iter(lab_notebook(lab)["cells"])
        self._learner = subprocess.Popen(
            [sys.executable, str(LEARNER)],
            env=variables,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def close(self) -> None:
        """End the learner."""
        self._learner.communicate()

    def run(self, cell: str, *, keep: bool = True) -> str:
        """Run a cell as the learner; the error it ended with, or ""."""
        assert self._learner.stdin is not None
        assert self._learner.stdout is not None
        self._learner.stdin.write(json.dumps({"cell": cell, "keep": keep}) + "\n")
        self._learner.stdin.flush()
        return str(json.loads(self._learner.stdout.readline()))

    def up_to(self, step: str) -> None:
        """Solve the steps before this one, run the given cells, and keep cloud, engine and folder as they are then."""
        if self._at == step:
            return
        if self._at:
            self._back_to(self._at)
            assert self.run(self.lab.step(self._at).solution) == ""
        for cell in self._cells:
            tags = cell["metadata"].get("tags", [])
            if f"step:{step}" in tags:
                break
            if cell["cell_type"] == "code" and not {"check", "predict"} & set(tags):
                earlier = next((tag.removeprefix("step:") for tag in tags), "")
                assert self.run(self.lab.step(earlier).solution if earlier else "".join(cell["source"])) == ""
        self._keep(step)

    def _keep(self, step: str) -> None:
        self._at = step
        self._control("snapshots", {"name": step})
        shutil.copytree(self.folder, self._kept(step))

    def attempt(self, step: str, cell: str) -> tuple[StepReport, str]:
        """The verdict that a cell earns, from the state kept by `up_to`, and the error it ended with."""
        self._back_to(step)
        error = self.run(cell, keep=False)
        (report,) = Report.from_json(self.client.check(self.lab.id, step)).steps
        return report, error

    def _back_to(self, step: str) -> None:
        self._control(f"snapshots/{step}/restore", {})
        shutil.copytree(self._kept(step), self.folder, dirs_exist_ok=True)

    def _kept(self, step: str) -> Path:
        return self.folder.with_name(f"{self.folder.name}-{step}")

    def _control(self, path: str, body: dict[str, str]) -> None:
        request = Request(f"{self.client.endpoint}/_dockyard/{path}", json.dumps(body).encode(), method="POST")
        request.add_header("Authorization", f"Bearer {self.client.token}")
        with build_opener().open(request, timeout=30) as answer:
            answer.read()


@contextmanager
def bench(lab: Lab, folder: Path) -> Iterator[Bench]:
    """A bench whose data and files lie in a folder."""
    with sandbox(folder / "data") as variables:
        made = Bench(lab, folder / "work", variables)
        try:
            yield made
        finally:
            made.close()
