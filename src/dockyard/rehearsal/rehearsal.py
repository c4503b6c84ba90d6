"""A rehearsal: a stand-in for a learner, as a process that runs the cells it is given, in a folder, with a sandbox.

Knows nothing about which cells make sense, or in what order.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from dockyard.errors import ContentError
from dockyard.warm_python import start

__all__ = ["Rehearsal"]


class Rehearsal:
    """`begin` in a folder, then `run` cells one after the other; names live from cell to cell, as in a kernel."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._process = start("dockyard.rehearsal.learner", [], variables, log=Path(os.devnull))

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End the stand-in."""
        self._process.communicate()

    def begin(self, folder: Path) -> None:
        """Work in this folder from now on, without the names of before: the next notebook."""
        self._send({"folder": str(folder)})

    def run(self, cell: str, *, keep: bool = True) -> str:
        """Run a cell; the last line of the error it ended with, or "". `keep` false: it leaves no names behind."""
        assert self._process.stdout is not None, "pipes were asked for"
        self._send({"cell": cell, "keep": keep})
        answer = self._process.stdout.readline()
        if not answer:
            raise ContentError("A cell of the course ended the process that ran it.")
        return str(json.loads(answer))

    def _send(self, line: Mapping[str, object]) -> None:
        assert self._process.stdin is not None, "pipes were asked for"
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
