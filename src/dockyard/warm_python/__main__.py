"""The warm Python itself: it imports what it is told, then each connection gets a fork that becomes a module.

Knows nothing about who asks.
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
import sys
import traceback
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


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
