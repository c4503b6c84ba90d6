"""The processes below this one: who they are, what they use, which signals they catch; held, released, ended.

Knows nothing about containers. Linux answers from /proc; elsewhere `ps` is asked.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from contextlib import suppress
from typing import NamedTuple

__all__ = ["Used", "catches", "descendants", "end_all", "hold_all", "listed", "proportional", "release_all", "used"]

_PROC = os.path.isdir("/proc/self/fd")
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ROUNDS = 200


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
    state: str
    age: float  # seconds


def _all() -> list[_Process]:
    return _from_proc() if _PROC else _from_ps()


def _from_proc() -> list[_Process]:
    found = []
    uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError, ValueError, IndexError), open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b") ")[2].split()
                cpu = sum(map(int, fields[11:15])) / _TICK
                age = uptime - int(fields[19]) / _TICK
                found.append(_Process(int(name), int(fields[1]), int(fields[21]) * _PAGE, cpu, fields[0].decode(), age))
    return found


def _from_ps() -> list[_Process]:
    found = []
    with os.popen("ps -axo pid=,ppid=,rss=,time=,state=,etime=") as answer:
        for line in answer:
            identifier, parent, memory, spent, state, age = line.split()
            seconds = _seconds(spent), _seconds(age)
            found.append(_Process(int(identifier), int(parent), int(memory) * 1024, seconds[0], state[0], seconds[1]))
    return found


def _seconds(text: str) -> float:
    seconds = 0.0
    for part in text.replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


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


def listed() -> list[tuple[int, int, float, float, str]]:
    """Each process below: its id and its parent's, seconds of CPU, when it began (since 1970), its command line."""
    now = time.time()
    below = sorted(process for process in _below() if process.state != "Z")
    return [(each.identifier, each.parent, each.cpu, now - each.age, _words(each.identifier)) for each in below]


def _words(identifier: int) -> str:
    try:
        with open(f"/proc/{identifier}/cmdline", "rb") as file:
            return file.read().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        with os.popen(f"ps -o command= -p {identifier}") as answer:
            return answer.read().strip()


def hold_all() -> None:
    """Stop every process below this one where it is, and those that are started meanwhile."""
    for _ in range(_ROUNDS):
        going = [process.identifier for process in _below() if process.state not in "TtZX"]
        if not going:
            return
        _signal(going, signal.SIGSTOP)
        time.sleep(0.001)


def release_all() -> None:
    """Let every process below this one go on."""
    _signal(descendants(), signal.SIGCONT)


def _signal(identifiers: list[int], number: int) -> None:
    for identifier in identifiers:
        with suppress(OSError):
            os.kill(identifier, number)


def end_all() -> None:
    """Kill every process below this one, and those they leave behind, until none is left."""
    while alive := descendants():
        _signal(alive, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)
