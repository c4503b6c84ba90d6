"""A Python that has imported what many processes need: `python -m MODULE` becomes a fork of it, where there is one.

Knows nothing about what the modules do. A fork has an environment, files and a session of its own, and of the process
it came from nothing but what that imported. Where no such Python runs, a new one is started: it does the same.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

__all__ = ["Process", "start", "warm_python"]

#: Where the warm Python listens, for whoever is to start its processes by it.
VARIABLE = "DOCKYARD_WARM_PYTHON"
#: One thread for numpy's algebra: a process to be forked should have no threads.
_ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Process(Protocol):
    """What is asked of a process here: `subprocess.Popen` answers it, and so does a fork."""

    @property
    def stdin(self) -> IO[str] | None:
        """Its input."""

    @property
    def stdout(self) -> IO[str] | None:
        """What it says."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal."""

    def communicate(self, input: str | None = None, timeout: float | None = None) -> Any:  # noqa: A002
        """Close its input and wait for its end; TimeoutError or TimeoutExpired where that takes longer."""


def start(module: str, arguments: Sequence[str], variables: Mapping[str, str], *, quiet: bool = False) -> Process:
    """`python -m module arguments` with these variables and pipes; `quiet`: what it complains of is thrown away."""
    if place := variables.get(VARIABLE):
        order = {"module": module, "arguments": [*arguments], "variables": {**variables}, "quiet": quiet}
        return _Fork(Path(place), order)
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments], env=dict(variables), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL if quiet else None,
    )  # fmt: skip


@contextmanager
def warm_python(folder: Path, loads: Iterable[str]) -> Iterator[dict[str, str]]:
    """A warm Python while the block runs; yields the variables by which `start` finds it.

    `loads` are modules to import, and `module:function` to call, as far as they are here.
    """
    place = folder / "python"
    process = subprocess.Popen(
        [sys.executable, "-m", "dockyard.warm_python", str(place), *loads],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **_ALONE},
    )  # fmt: skip
    try:
        assert process.stdout is not None, "a pipe was asked for"
        is_ready = process.stdout.readline() == b"ready\n"
        yield {**os.environ, VARIABLE: str(place)} if is_ready else dict(os.environ)
    finally:
        process.communicate()  # it ends with its input


class _Fork:
    """A process forked from the warm Python: its connection lives as long as it does."""

    def __init__(self, place: Path, order: dict[str, Any]) -> None:
        asks, told = os.pipe()
        says, heard = os.pipe()
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(str(place))
        socket.send_fds(self._connection, [json.dumps(order).encode() + b"\n"], [asks, heard])
        os.close(asks)
        os.close(heard)
        self.stdin: IO[str] = os.fdopen(told, "w")
        self.stdout: IO[str] = os.fdopen(says, "r")
        with self._connection.makefile("r") as line:
            self.pid = int(line.readline())

    def send_signal(self, sig: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, sig)

    def communicate(self, input: str | None = None, timeout: float | None = None) -> Any:  # noqa: A002
        del input
        for pipe in (self.stdin, self.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._connection.settimeout(timeout)
        while self._connection.recv(1024):
            pass
        self._connection.close()


def serve(place: Path, settings: Mapping[str, str]) -> None:
    """Fork for each connection, until whoever started this process is gone; the forks end with it.

    `settings` are variables that what was loaded has set for itself, and reads again.
    """
    gc.freeze()
    forks: set[int] = set()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen(64)
        os.write(1, b"ready\n")
        # Our input closes when whoever started us ends, even by SIGKILL.
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            fork = os.fork()
            if fork == 0:
                listener.close()
                _carry_out(connection, settings)
            connection.close()
            # Waited for, so that the time they took counts as ours.
            forks = {one for one in (*forks, fork) if not os.waitpid(one, os.WNOHANG)[0]}
    for one in forks:
        os.kill(one, signal.SIGTERM)
        os.waitpid(one, 0)


def _carry_out(connection: socket.socket, settings: Mapping[str, str]) -> None:
    """The fork's whole life. It never returns: the frames above belong to the process it came from."""
    code = 1
    try:
        os.setsid()
        told, files, _, _ = socket.recv_fds(connection, 1 << 16, 2)
        while not told.endswith(b"\n"):
            told += connection.recv(1 << 16)
        connection.sendall(f"{os.getpid()}\n".encode())
        _become(json.loads(told), files, settings)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os._exit(code)


def _become(order: dict[str, Any], files: Sequence[int], settings: Mapping[str, str]) -> None:
    """Be the process that was asked for, to its end."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    if order["quiet"]:
        with open(os.devnull, "w") as nothing:
            os.dup2(nothing.fileno(), 2)
    os.environ.clear()
    os.environ.update({**order["variables"], **settings})
    sys.argv[1:] = order["arguments"]
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


def load(words: Iterable[str]) -> dict[str, str]:
    """Import modules and call functions, so that forks find loaded what those need; the variables that these set."""
    before = dict(os.environ)
    for word in words:
        module, _, function = word.partition(":")
        # Not only ImportError: what a module does at import is not ours, and a fork will meet it again.
        with contextlib.suppress(Exception):
            found = importlib.import_module(module)
            if function:
                getattr(found, function)()
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


if __name__ == "__main__":
    serve(Path(sys.argv[1]), load(sys.argv[2:]))
