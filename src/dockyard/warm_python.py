"""A Python that has imported what many processes need: `python -m MODULE` becomes a fork of it, where there is one.

Knows nothing about what the modules do. A fork has an environment, files and a session of its own, and of the process
it came from nothing but what that imported. Where no such Python runs, a new one is started: it does the same.
"""

# The standard library's fork server (`multiprocessing.set_forkserver_preload`) would spare us `serve` and no more. A
# process has one, and only its own family may ask it: a sitting is not of the family that makes its sandbox. It takes
# over our environment and flags, imports but calls nothing, and where we are killed it lives on until its last fork has
# ended. Session, environment, pipes and log of a fork would still be ours to set.

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
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

__all__ = ["ALONE", "VARIABLE", "Fork", "Process", "WarmPython", "start", "warm_python"]

#: Where the warm Python listens, for whoever is to start a process by it.
VARIABLE = "DOCKYARD_WARM_PYTHON"
#: One thread for numpy's algebra: a process to be forked should have no threads.
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class WarmPython:
    """The variables by which `start` finds it, without `VARIABLE` where it did not start; its process id."""

    variables: dict[str, str]
    pid: int


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
        assert process.stdout is not None, "a pipe was asked for"
        found = {VARIABLE: str(place)} if process.stdout.readline() == b"ready\n" else {}
        yield WarmPython({**os.environ, **found}, process.pid)
    finally:
        process.communicate()  # it ends with its input


def start(module: str, arguments: Sequence[str], variables: Mapping[str, str], *, log: Path | None = None) -> Process:
    """`python -P -m module arguments` with these variables; what it complains of goes to the log, if there is one."""
    own = {name: value for name, value in variables.items() if name != VARIABLE}
    if place := variables.get(VARIABLE):
        order = {"module": module, "arguments": [*arguments], "variables": own, "log": str(log or "")}
        return Fork(place, order)
    with log.open("a") if log else contextlib.nullcontext() as complaints:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments], env=own, text=True,
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


def serve(place: Path, settings: Mapping[str, str]) -> None:
    """Fork for each connection, until whoever started this process is gone; the forks end with it.

    `settings` are variables that what was loaded has set for itself, and reads again.
    """
    gc.freeze()
    forks: set[int] = set()
    ended, rings = socket.socketpair()
    rings.setblocking(False)
    with socket.socket(socket.AF_UNIX) as listener, ended, rings:
        signal.set_wakeup_fd(rings.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # it ends the `select`, by way of the pair
        listener.bind(str(place))
        listener.listen(64)
        os.write(1, b"ready\n")
        # Our input closes when whoever started us ends, even by SIGKILL.
        while sys.stdin not in (ready := select.select([listener, ended, sys.stdin], [], [])[0]):
            if ended in ready:
                ended.recv(1 << 12)
            if listener in ready:
                forks.add(_forked(listener, settings))
            # Waited for, so that the time they took counts as ours.
            forks = {one for one in forks if not os.waitpid(one, os.WNOHANG)[0]}
    for one in forks:
        os.kill(one, signal.SIGTERM)
        os.kill(one, signal.SIGCONT)  # one that was stopped hears it too
        os.waitpid(one, 0)


def _forked(listener: socket.socket, settings: Mapping[str, str]) -> int:
    connection, _ = listener.accept()
    with connection:
        if (fork := os.fork()) == 0:
            listener.close()
            _carry_out(connection, settings)
    return fork


def _carry_out(connection: socket.socket, settings: Mapping[str, str]) -> None:
    """The fork's whole life. It never returns: the frames above belong to the process it came from."""
    code = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        told, files, _, _ = socket.recv_fds(connection, 1 << 16, 2)
        if not told.endswith(b"\n"):
            told += connection.makefile("rb").readline()
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


def _become(order: dict[str, Any], files: list[int], settings: Mapping[str, str]) -> None:
    """Be the process that was asked for, to its end."""
    if order["log"]:
        files.append(os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT))
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update({**order["variables"], **settings})
    sys.argv[1:] = order["arguments"]
    warnings.filterwarnings("ignore", module="runpy")  # that it is loaded already is what we are for
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
