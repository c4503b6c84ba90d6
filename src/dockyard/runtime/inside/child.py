"""A command started as a child: its own session, its streams, its folder, nothing of ours.

Knows nothing about why it is started.
"""

from __future__ import annotations

import fcntl
import os
import signal
import termios
from collections.abc import Callable, Mapping

__all__ = ["NotStartedError", "spawn"]


class NotStartedError(Exception):
    """The command cannot be executed; `args[0]` is the system's error number."""


def spawn(
    command: list[str],
    environment: Mapping[str, str],
    folder: str,
    streams: tuple[int, int, int],
    prepare: Callable[[], None],
    *,
    tty: bool = False,
) -> int:
    """Start a command and return its process id; NotStartedError where the system refuses."""
    told, telling = os.pipe()
    child = os.fork()
    if child == 0:
        _become(command, environment, folder, streams, prepare, telling, tty)
    os.close(telling)
    with os.fdopen(told, "rb") as answer:
        error = answer.read()
    if error:
        os.waitpid(child, 0)
        raise NotStartedError(int(error))
    return child


def _become(
    command: list[str],
    environment: Mapping[str, str],
    folder: str,
    streams: tuple[int, int, int],
    prepare: Callable[[], None],
    telling: int,
    tty: bool,
) -> None:
    """In the child: turn into the command, or say why not and end."""
    try:
        os.setsid()
        for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        for at, descriptor in enumerate(streams):
            os.dup2(descriptor, at)
        if tty:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        prepare()
        os.umask(0o022)
        os.chdir(folder)
        _execute(command, environment)
    except OSError as error:
        os.write(telling, str(error.errno).encode())
    except BaseException:
        os.write(telling, b"22")
    os._exit(127)


def _execute(command: list[str], environment: Mapping[str, str]) -> None:
    """As execvpe, but the error is Docker's: what was found and may not be run counts before what was not found."""
    if "/" in command[0]:
        os.execve(command[0], command, environment)
    refused: OSError | None = None
    for place in environment.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(":"):
        try:
            os.execve(f"{place or '.'}/{command[0]}", command, environment)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            refused = error
    raise refused or FileNotFoundError(2, command[0])
