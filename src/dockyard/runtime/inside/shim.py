"""The shim's loop: starts what it is told to, passes on what is printed, and ends with the container's main process.

Knows nothing about images or isolation. It is told in messages (`do`) and tells in messages (`told`); when the sandbox
is gone it kills everything.
"""

from __future__ import annotations

import errno
import fcntl
import os
import selectors
import signal
import socket
import struct
import sys
import termios
import time
from contextlib import suppress
from typing import Any

from . import processes
from .channel import Channel
from .child import NotStartedError, spawn
from .doors import dial
from .memory import Memory
from .output import Output
from .privileges import adopt_orphans, preparation
from .throttle import Throttle

__all__ = ["main"]

_CHUNK = 1 << 16
_PATIENCE = 0.02  # how long the beginning of a line is held back


class _Running:
    """One command: the main one has no name, an exec has its id. (A dataclass would cost a third of the start.)"""

    __slots__ = ("name", "process")

    def __init__(self, name: str, process: int) -> None:
        self.name = name
        self.process = process


class Shim:
    """One container's processes."""

    def __init__(self, channel: Channel, ports: str) -> None:
        self._channel = channel
        self._ports = ports  # the folder where plain containers say what they listen on; empty in namespaces
        self._selector = selectors.DefaultSelector()
        self._running: dict[int, _Running] = {}
        self._main: _Running | None = None
        self._terminal = -1  # of the main process
        self._output = Output(self._selector)
        self._memory = Memory()
        self._throttle = Throttle()
        self._next_look = 0.0
        self._out_of_memory = self._over = False
        self._prepare = preparation(plain=bool(ports))

    def run(self) -> None:
        """Serve until the main process has ended or the sandbox is gone."""
        self._listen_for_children()
        self._selector.register(self._channel, selectors.EVENT_READ, self._hear)
        while not self._over:
            self._watch_channel()
            events = self._selector.select(self._pause())
            for key, mask in events:
                key.data() if mask & selectors.EVENT_READ else self._channel.flush()
            if not events:
                self._output.finish()
            self._tell_news()
            self._watch()

    def _tell_news(self) -> None:
        """Say once that the log has grown, however much it has while nobody heard."""
        if self._output.news and not self._channel.waiting:
            self._output.news = False
            self._channel.send({"told": "log"})

    def _watch_channel(self) -> None:
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._channel.waiting else 0)
        self._selector.modify(self._channel, wanted, self._hear)

    def _pause(self) -> float:
        usual = _PATIENCE if self._output.unfinished else self._memory.pause
        return min(usual, self._throttle.pause)

    def _listen_for_children(self) -> None:
        told, telling = os.pipe()
        os.set_blocking(told, False)
        os.set_blocking(telling, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
        self._selector.register(told, selectors.EVENT_READ, lambda: self._reap(told))

    # What the sandbox says

    def _hear(self) -> None:
        try:
            messages = self._channel.receive()
        except EOFError:
            self._over = True
            processes.end_all()
            return
        for message in messages:
            getattr(self, f"_do_{message['do']}")(message)

    def _do_start(self, order: dict[str, Any]) -> None:
        log, *given = order["descriptors"]
        for address, port in [] if self._ports else order["outside"]:
            self._open_outward(address, port)
        self._output.begin(log)
        self._memory.limit = order["memory"]
        self._throttle.hold_to(order["cpus"], 0.0)
        if order["tty"]:
            self._terminal, side = os.openpty()
            self._output.pump(self._terminal, "stdout")
            self._start("", order, (side, side, side), os.dup(self._terminal))
            return
        stdin = given[0] if given else os.open(os.devnull, os.O_RDONLY)
        self._start("", order, (stdin, self._output.pipe("stdout"), self._output.pipe("stderr")))

    def _do_exec(self, order: dict[str, Any]) -> None:
        """Start a command whose streams or terminal are the sandbox's own: nothing of them passes through here."""
        if order["tty"]:
            terminal, side = os.openpty()
            self._start(order["name"], order, (side, side, side), terminal)
        else:
            stdin, stdout, stderr = order["descriptors"]
            self._start(order["name"], order, (stdin, stdout, stderr))

    def _do_signal(self, order: dict[str, Any]) -> None:
        """Signal the main process; as with any first process of a container, only what it catches counts, or KILL."""
        number = order["number"]
        forced = number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT)
        heard = self._main is not None and (forced or processes.catches(self._main.process, number))
        if self._main is not None and heard:
            with suppress(ProcessLookupError):
                os.kill(self._main.process, number)
        self._channel.send({"told": "signalled", "name": order["name"], "heard": heard})

    def _do_end(self, order: dict[str, Any]) -> None:
        """End one exec."""
        for process, running in self._running.items():
            if running.name == order["name"]:
                os.kill(process, signal.SIGKILL)

    def _do_resize(self, order: dict[str, Any]) -> None:
        if self._terminal >= 0:
            fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", order["height"], order["width"], 0, 0))

    def _do_pause(self, order: dict[str, Any]) -> None:
        """Hold every process where it is; what they printed before is in the log."""
        self._throttle.is_idle = True
        processes.hold_all()
        self._output.drain()
        self._channel.send({"told": "paused", "name": order["name"]})

    def _do_resume(self, order: dict[str, Any]) -> None:
        """Let every process go on."""
        del order
        processes.release_all()
        self._throttle.is_idle = False

    def _do_list(self, order: dict[str, Any]) -> None:
        self._channel.send({"told": "listed", "name": order["name"], "processes": processes.listed()})

    def _do_usage(self, order: dict[str, Any]) -> None:
        used, peak = self._memory.measure(), self._memory.peak
        told = {"memory": used.memory, "memory_peak": peak, "cpu_seconds": used.cpu, "processes": used.processes}
        self._channel.send({"told": "usage", "name": order["name"], "usage": told})

    def _do_hold(self, order: dict[str, Any]) -> None:
        """Hold everything to a share of CPU from now on."""
        self._throttle.hold_to(order["cpus"], processes.used().cpu)
        self._next_look = 0.0

    def _do_dial(self, order: dict[str, Any]) -> None:
        """Connect to what listens here, and hand the connection over once it stands."""
        name = order["name"]
        try:
            connection = dial(order["port"], self._ports)
        except OSError as error:
            self._channel.send({"told": "dialled", "name": name, "errno": error.errno or errno.ECONNREFUSED})
            return
        self._channel.send({"told": "dialled", "name": name, "errno": 0}, (connection.detach(),))

    def _open_outward(self, address: str, port: int) -> None:
        """Listen for connections that belong to a port of the host, and hand them over.

        Neighbours on one loopback all listen, so that each of them finds the port when the others have ended.
        """
        try:
            listener = socket.create_server((address, port), reuse_port=True)
        except OSError:  # a port below 1024, which is nobody's here
            return
        listener.setblocking(False)

        def accept() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                self._channel.send({"told": "outward", "name": "", "port": port}, (connection.detach(),))

        self._selector.register(listener, selectors.EVENT_READ, accept)

    # Starting and ending

    def _start(self, name: str, order: dict[str, Any], streams: tuple[int, int, int], terminal: int = -1) -> None:
        """Start a command; its terminal, where it has one, goes to the sandbox with the answer."""
        told = {"told": "started", "name": name, "errno": 0, "pid": 0}
        tty = terminal >= 0
        try:
            process = spawn(order["command"], order["environment"], order["folder"], streams, self._prepare, tty=tty)
            told["pid"] = process
            self._running[process] = running = _Running(name, process)
            self._main = self._main or running
        except NotStartedError as error:
            told["errno"] = error.args[0]
            self._over = not name
        finally:
            for descriptor in set(streams):
                os.close(descriptor)
        self._channel.send(told, (terminal,) if tty else ())

    def _reap(self, told: int) -> None:
        os.read(told, _CHUNK)
        with suppress(ChildProcessError):
            while True:
                process, status = os.waitpid(-1, os.WNOHANG)
                if not process:
                    return
                running = self._running.pop(process, None)
                if running:
                    self._ended(running, os.waitstatus_to_exitcode(status))

    def _ended(self, running: _Running, code: int) -> None:
        if running is self._main:
            self._finish(code)
        else:
            self._channel.send({"told": "exited", "name": running.name, "code": _docker_code(code)})

    def _finish(self, code: int) -> None:
        """The main process has ended: so does everything else, and the log has all it printed."""
        processes.end_all()
        self._output.last_words()
        for running in self._running.values():
            self._channel.send({"told": "exited", "name": running.name, "code": 137})
        used = processes.used()
        last = {"told": "exited", "name": "", "code": _docker_code(code), "out_of_memory": self._out_of_memory}
        self._channel.send({**last, "memory_peak": self._memory.peak, "cpu_seconds": used.cpu})
        self._over = True

    def _watch(self) -> None:
        """Let go on what has waited enough, and look at what all use, where it is time to."""
        self._throttle.go_on()
        now = time.monotonic()
        if not self._main or now < self._next_look:
            return
        used = processes.used()
        if self._memory.exceeded_by(used.memory):
            self._out_of_memory = True
            os.kill(self._main.process, signal.SIGKILL)
        self._throttle.used(used.cpu)
        self._next_look = now + min(self._memory.pause, self._throttle.often) / 2


def _docker_code(code: int) -> int:
    return 128 - code if code < 0 else code


def main() -> None:
    """`shim DESCRIPTOR PORTS`: the channel's descriptor, and the folder of a plain container's ports or nothing."""
    descriptor, ports = int(sys.argv[1]), sys.argv[2]
    os.set_inheritable(descriptor, False)
    with suppress(OSError), open("/proc/self/comm", "w") as file:
        file.write("dockyard")  # what `ps` calls it
    adopt_orphans(plain=bool(ports))
    channel = Channel(socket.socket(fileno=descriptor))
    try:
        Shim(channel, ports).run()
        connection = channel.fileno()
        os.set_blocking(connection, True)
        channel.flush()
    finally:
        processes.end_all()
