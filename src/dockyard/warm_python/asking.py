"""Having a warm Python, and asking it for processes.

Knows nothing about how a fork comes to be what was asked for: `python -m dockyard.warm_python` does.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

__all__ = ["ALONE", "VARIABLE", "Fork", "Process", "WarmPython", "start", "warm_python"]

#: Where the warm Python listens, for whoever is to start a process by it.
VARIABLE = "DOCKYARD_WARM_PYTHON"
#: One thread for numpy's algebra: a process to be forked should have no threads, and one for each core spins while it
#: waits for work (a fifth of the CPU that an import of scikit-learn takes).
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class WarmPython:
    """A warm Python, which may be loading still."""

    def __init__(self, place: Path, process: subprocess.Popen[bytes]) -> None:
        self._place, self._process = place, process
        self.pid = process.pid

    @functools.cached_property
    def variables(self) -> dict[str, str]:
        """The variables by which `start` finds it, once it has loaded; without `VARIABLE` where it did not start."""
        assert self._process.stdout is not None, "a pipe was asked for"
        found = {VARIABLE: str(self._place)} if self._process.stdout.readline() == b"ready\n" else {}
        return {**os.environ, **found}


@contextmanager
def warm_python(place: Path, loads: Iterable[str]) -> Iterator[WarmPython]:
    """A warm Python that listens at a place while the block runs; then its forks are told to end, and it ends.

    `loads` are modules to import, and `module:function` to call, as far as they are here.
    """
    # -P: the folder we are in is no place to import from, for a learner's kernel least of all.
    # A session of its own: Ctrl-C is for us, who then end it and what it has forked.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "dockyard.warm_python", str(place), *loads], start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **ALONE},
    )  # fmt: skip
    try:
        yield WarmPython(place, process)
    finally:
        process.communicate()  # it ends with its input


def start(module: str, arguments: Sequence[str], variables: Mapping[str, str], *, log: Path | None = None) -> Process:
    """`python -P -m module arguments` with these variables; what it complains of goes to the log, if there is one.

    A fork finds the warm Python, too, unless it forgets `VARIABLE`: what it starts is forked as well.
    """
    if place := variables.get(VARIABLE):
        order = {"module": module, "arguments": [*arguments], "variables": {**variables}, "log": str(log or "")}
        return Fork(place, order)
    with log.open("a") if log else contextlib.nullcontext() as complaints:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments], env=dict(variables), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
        )  # fmt: skip


class Fork:
    """A process forked from the warm Python, asked as a `subprocess.Popen` is: its connection lives as long as it."""

    def __init__(self, place: str, order: Mapping[str, Any]) -> None:
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(place)
        asks, told = os.pipe()
        says, heard = os.pipe()
        socket.send_fds(self._connection, [json.dumps(order).encode() + b"\n"], [asks, heard])
        os.close(asks)
        os.close(heard)
        self.stdin: IO[str] = os.fdopen(told, "w")
        self.stdout: IO[str] = os.fdopen(says, "r")
        with self._connection.makefile("r") as line:
            self.pid = int(line.readline())

    def send_signal(self, sig: int) -> None:
        """Send it a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, sig)

    def communicate(self, timeout: float | None = None) -> None:
        """Close its pipes and wait for its end; subprocess.TimeoutExpired where that takes longer."""
        for pipe in (self.stdin, self.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        if self._connection.fileno() < 0:  # it has ended already
            return
        self._connection.settimeout(timeout)
        try:
            self._connection.recv(1)  # it says nothing more: this is its end
        except TimeoutError:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0) from None
        self._connection.close()


#: What `start` answers.
Process = subprocess.Popen[str] | Fork
