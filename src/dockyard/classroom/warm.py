"""Warm processes: one that forks sittings, one that forks sandboxes, each with what those import loaded once.

Knows nothing about submissions. Each listens on a unix socket. A connection gets a fork of its own, which says its
process id in the first line; a sandbox lives as long as its connection, a sitting's connection as long as the sitting.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dockyard.classroom.ending import end
from dockyard.errors import ClassroomError, SandboxError

__all__ = ["Warm", "ask", "warm"]

#: One thread for numpy's algebra: submissions share the cores, and a process to be forked should have no threads.
_ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_TRIES = 3
#: What each of them loads at once, and else would load in every fork.
_OF_A_SANDBOX = (
    "dockyard.sandbox.sandbox", "dockyard.sandbox.engine", "dockyard.sandbox.control", "dockyard.sandbox.registry",
    "dockyard.sandbox.checks", "dockyard.grading.runner", "boto3",
)  # fmt: skip
_OF_A_SITTING = ("dockyard.classroom.sitting", "ipykernel.kernelapp", "dockyard.notebook")


@dataclass(frozen=True, slots=True)
class Warm:
    """Where the two listen."""

    sittings: Path
    sandboxes: Path


@contextmanager
def warm(folder: Path, modules: tuple[str, ...]) -> Iterator[Warm]:
    """Both processes, for as long as the block runs; `modules`: what kernels will import. Raises ClassroomError."""
    places = Warm(folder / "sittings", folder / "sandboxes")
    with _started("sandboxes", places.sandboxes), _started("sittings", places.sittings, *modules):
        yield places


@contextmanager
def _started(what: str, place: Path, *words: str) -> Iterator[None]:
    # -P: the folder we are in is no place to import from, for a learner's kernel least of all.
    command = [sys.executable, "-P", "-m", "dockyard.classroom.warm", what, str(place), *words]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, **_ALONE},
    )  # fmt: skip
    try:
        assert process.stdout is not None, "a pipe was asked for"
        if process.stdout.readline() != "ready\n":
            raise ClassroomError(f"The process that makes {what} did not start.", next_step="Run `dockyard doctor`.")
        yield
    finally:
        end(process.pid)  # and what it has forked, where we are interrupted
        process.communicate()


@contextmanager
def ask(place: Path, order: dict[str, Any], seconds: float | None = None) -> Iterator[tuple[int, Iterator[str]]]:
    """A fork that carries out an order: its process id, and the lines it says; TimeoutError when it says none."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(place))
        connection.settimeout(seconds)
        connection.sendall(json.dumps(order).encode() + b"\n")
        with connection.makefile("r") as lines:
            yield int(lines.readline()), lines


def serve(place: Path, work: Callable[[dict[str, Any], socket.socket], None]) -> None:
    """Fork for each connection, until whoever started this process is gone."""
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for them
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        # Our input closes when whoever started us ends, even by SIGKILL.
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _carry_out(connection, work)
            connection.close()


def _carry_out(connection: socket.socket, work: Callable[[dict[str, Any], socket.socket], None]) -> None:
    """The fork's whole life. It never returns: the frames above belong to the process it came from."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        connection.sendall(f"{os.getpid()}\n".encode())
        with connection.makefile("r") as lines:
            order = json.loads(lines.readline())
        _quiet(Path(order["log"]))
        work(order, connection)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _quiet(log: Path) -> None:
    """What this fork says goes to a log, and nothing comes in."""
    with open(os.devnull) as nothing, log.open("a") as opened:
        os.dup2(nothing.fileno(), 0)
        os.dup2(opened.fileno(), 1)
        os.dup2(opened.fileno(), 2)


def _sandbox(order: dict[str, Any], connection: socket.socket) -> None:
    """`dockyard up --clock stepped --seed S` in a data folder, on a free port, which is said when it is ready."""
    import asyncio

    from dockyard.demo import free_port
    from dockyard.sandbox.options import Options
    from dockyard.sandbox.sandbox import Sandbox

    for left in reversed(range(_TRIES)):
        try:
            sandbox = Sandbox(Options(Path(order["data"]), port=free_port(), seed=order["seed"]))
            break
        except SandboxError:  # the port was taken between the two
            if not left:
                raise
    threading.Thread(target=_until_gone, args=(connection,), daemon=True).start()
    asyncio.run(sandbox.serve(lambda _: connection.sendall(f"{sandbox.port}\n".encode())))


def _until_gone(connection: socket.socket) -> None:
    """Nobody keeps what a sandbox for grading holds: it ends at once with its connection, and saves nothing."""
    with contextlib.suppress(OSError):
        connection.recv(1)
    os._exit(0)


def _sit(order: dict[str, Any], connection: socket.socket) -> None:
    from dockyard.classroom.sitting import carry_out

    carry_out(Path(order["scratch"]))
    connection.sendall(b"done\n")


def load(modules: Iterable[str]) -> None:
    """Import what is installed of these modules, so that forks find them loaded."""
    for name in modules:
        # Not only ImportError: what a module does at import is not ours, and a fork will meet it again.
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def main(what: str, place: str, *modules: str) -> None:
    """Load, and serve."""
    {"sandboxes": _serve_sandboxes, "sittings": _serve_sittings}[what](Path(place), modules)


def _serve_sandboxes(place: Path, _modules: tuple[str, ...]) -> None:
    from dockyard.sandbox.moto import warm as warm_neighbours

    load(_OF_A_SANDBOX)
    warm_neighbours()
    serve(place, _sandbox)


def _serve_sittings(place: Path, modules: tuple[str, ...]) -> None:
    load((*_OF_A_SITTING, *modules))
    serve(place, _sit)


if __name__ == "__main__":
    main(*sys.argv[1:])
