"""The processes below this one: who they are, what they use, which signals they catch.

Knows nothing about containers. Linux answers from /proc; elsewhere `ps` is asked.
"""

from __future__ import annotations

import os
import resource
import signal
from contextlib import suppress
from typing import NamedTuple

__all__ = ["Used", "catches", "descendants", "end_all", "proportional", "used"]

_PROC = os.path.isdir("/proc/self/fd")
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Used(NamedTuple):
    """Bytes of memory and seconds of CPU of some processes, and how many they are."""

    memory: int
    cpu: float
    processes: int


class _Process(NamedTuple):
    identifier: int
    parent: int
    memory: int
    cpu: float


def _all() -> list[_Process]:
    return _from_proc() if _PROC else _from_ps()


def _from_proc() -> list[_Process]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError, ValueError, IndexError), open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b") ")[2].split()
                cpu = sum(map(int, fields[11:15])) / _TICK
                found.append(_Process(int(name), int(fields[1]), int(fields[21]) * _PAGE, cpu))
    return found


def _from_ps() -> list[_Process]:
    found = []
    with os.popen("ps -axo pid=,ppid=,rss=,time=") as answer:
        for line in answer:
            identifier, parent, memory, spent = line.split(None, 3)
            seconds = 0.0
            for part in spent.strip().replace("-", ":").split(":"):
                seconds = seconds * 60 + float(part)
            found.append(_Process(int(identifier), int(parent), int(memory) * 1024, seconds))
    return found


def _below() -> list[_Process]:
    everyone = _all()
    children: dict[int, list[_Process]] = {}
    for process in everyone:
        children.setdefault(process.parent, []).append(process)
    found, open_parents = [], [os.getpid()]
    while open_parents:
        mine = children.get(open_parents.pop(), [])
        found.extend(mine)
        open_parents.extend(process.identifier for process in mine)
    return found


def descendants() -> list[int]:
    """The process ids of all that is below this process."""
    return [process.identifier for process in _below()]


def used() -> Used:
    """What all processes below this one use; resident memory, counted for each, and CPU with that of the ended ones."""
    below = _below()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = ended.ru_utime + ended.ru_stime + sum(process.cpu for process in below)
    return Used(sum(process.memory for process in below), cpu, len(below))


def proportional() -> int:
    """Their memory with shared pages counted once; where the system does not say, the resident memory."""
    total = 0
    for process in _below():
        try:
            with open(f"/proc/{process.identifier}/smaps_rollup", "rb") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith(b"Pss:")) * 1024
        except (OSError, StopIteration):
            total += process.memory
    return total


def catches(identifier: int, number: int) -> bool:
    """Whether a process has a handler for a signal; True where the system does not say."""
    with suppress(OSError, StopIteration), open(f"/proc/{identifier}/status", "rb") as file:
        caught = next(int(line.split()[1], 16) for line in file if line.startswith(b"SigCgt:"))
        return bool(caught >> (number - 1) & 1)
    return True


def end_all() -> None:
    """Kill every process below this one, and those they leave behind, until none is left."""
    while alive := descendants():
        for identifier in alive:
            with suppress(OSError):
                os.kill(identifier, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)
