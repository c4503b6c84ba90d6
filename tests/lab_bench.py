"""A sandbox with a learner before it, for trying a lab's cells: the solution, each mistake, other right answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import Request, build_opener

import docker

from dockyard.client import Client
from dockyard.content import Lab, unpack
from dockyard.demo import sandbox
from dockyard.grading import Report, StepReport
from dockyard.rehearsal import Rehearsal
from dockyard.rehearsal.play import by_the_book


class Bench:
    """One lab in one sandbox: `up_to` a step (they come in order), then `attempt` cells for it."""

    def __init__(self, lab: Lab, folder: Path, variables: dict[str, str]) -> None:
        self.lab = lab
        self.folder = unpack(lab, folder)
        self.client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        self._engine = variables["DOCKER_HOST"]
        self._tags: dict[str, dict[str, str]] = {}
        self._at = ""
        self._cells = by_the_book(lab)
        self._learner = Rehearsal(self.folder, variables)

    def close(self) -> None:
        """End the learner."""
        self._learner.close()

    def run(self, cell: str, *, keep: bool = True) -> str:
        """Run a cell as the learner; the error it ended with, or ""."""
        return self._learner.run(cell, keep=keep)

    def up_to(self, step: str) -> None:
        """Solve the steps before this one, run the given cells, and keep cloud, engine and folder as they are then."""
        if self._at == step:
            return
        if self._at:
            self._back_to(self._at)
            assert self.run(self.lab.step(self._at).solution) == ""
        for name, cell in self._cells:
            if name == step:
                break
            assert self.run(cell) == ""
        self._keep(step)

    def _keep(self, step: str) -> None:
        self._at = step
        self._control("snapshots", {"name": step})
        shutil.copytree(self.folder, self._kept(step))
        with self._docker() as engine:
            self._tags[step] = _tags(engine)

    def attempt(self, step: str, cell: str) -> tuple[StepReport, str]:
        """The verdict that a cell earns, from the state kept by `up_to`, and the error it ended with."""
        self._back_to(step)
        error = self.run(cell, keep=False)
        (report,) = Report.from_json(self.client.check(self.lab.id, step)).steps
        return report, error

    def _back_to(self, step: str) -> None:
        self._control(f"snapshots/{step}/restore", {})
        shutil.copytree(self._kept(step), self.folder, dirs_exist_ok=True)
        with self._docker() as engine:
            for name, image in self._tags[step].items():
                engine.api.tag(image, *name.rsplit(":", 1))
            for name in _tags(engine).keys() - self._tags[step].keys():
                engine.images.remove(name)

    def _docker(self) -> closing[docker.DockerClient]:
        return closing(docker.DockerClient(self._engine))

    def _kept(self, step: str) -> Path:
        return self.folder.with_name(f"{self.folder.name}-{step}")

    def _control(self, path: str, body: dict[str, str]) -> None:
        request = Request(f"{self.client.endpoint}/_dockyard/{path}", json.dumps(body).encode(), method="POST")
        request.add_header("Authorization", f"Bearer {self.client.token}")
        with build_opener().open(request, timeout=30) as answer:
            answer.read()


def _tags(engine: docker.DockerClient) -> dict[str, str]:
    return {name: str(image.id) for image in engine.images.list() for name in image.tags}


@contextmanager
def bench(lab: Lab, folder: Path) -> Iterator[Bench]:
    """A bench whose data and files lie in a folder."""
    with sandbox(folder / "data") as variables:
        made = Bench(lab, folder / "work", variables)
        try:
            yield made
        finally:
            made.close()
