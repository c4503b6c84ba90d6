"""One container: created, started, spoken to, stopped.

Knows nothing about HTTP or AWS, nor how its processes are isolated: it is given its ground.
"""

from __future__ import annotations

import asyncio
import errno
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from dockyard.containers.images import Image
from dockyard.errors import EngineError
from dockyard.runtime import health
from dockyard.runtime.contents import Contents
from dockyard.runtime.execution import Exec
from dockyard.runtime.ground import Ground
from dockyard.runtime.log import Log
from dockyard.runtime.measures import Measures
from dockyard.runtime.orders import Order
from dockyard.runtime.publishing import Streams
from dockyard.runtime.questions import answered, dialled
from dockyard.runtime.refusals import already_paused, held, no_such_container, not_paused, not_running, not_started
from dockyard.runtime.run import Run
from dockyard.runtime.signals import number_of
from dockyard.runtime.state import Probe, Process, State, Usage
from dockyard.runtime.waiting import Waiting
from dockyard.runtime.wanted import HealthCheck, Published, Wanted

__all__ = ["Container"]


class Container:
    """A container of this sandbox. `state` is replaced as it changes; `published` has the real host ports."""

    def __init__(self, identifier: str, name: str, image: Image, wanted: Wanted, ground: Ground) -> None:
        self.id = identifier
        self.name = name
        self.image = image
        self.wanted = wanted
        self.order = Order.of(wanted, image)
        self.created_at = time.time()
        self.state = State()
        self.published: tuple[Published, ...] = ()
        self.log = Log(ground.folder / "log")
        self._ground = ground
        self._run = Run(ground, self.log, wanted, self.dial, self._ended)
        self._lock = asyncio.Lock()
        self._waiting = Waiting()
        self._health = health.Health(self.order.health, self.exec, self._probed)
        self._measures = Measures(self._ask)
        self.on_exit: Callable[[Container], None] = lambda _: None

    @property
    def hostname(self) -> str:
        """What it calls itself."""
        return self.wanted.hostname or self.id[:12]

    @property
    def process(self) -> int:
        """The process whose namespaces are the container's; 0 while it does not run."""
        return self.state.pid

    @property
    def lacks(self) -> tuple[str, ...]:
        """The distributions of its image that are not at hand on this machine, NAME==VERSION; it was started."""
        return self._ground.place.site.missing

    # Life

    async def start(self) -> None:
        """Run its command; EngineError in Docker's words where that cannot be. Running already, it stays so."""
        async with self._lock:
            if self.state.running:
                return
            self._refuse_removed()
            try:
                self.published = await self._run.open(self)
                told = await self._run.begin(self)
            except BaseException as error:
                self._run.undo()
                raise self._ground.failure(error) if isinstance(error, OSError) else error from None
            if told["errno"]:
                await self._fail(told["errno"])
            asked = "starting" if self.order.health else ""
            self.state = State("running", self._ground.pid or told["pid"], started_at=time.time(), health=asked)
            self._health.begin()
            self._run.shim.believed()

    async def _fail(self, number: int) -> None:
        self._run.undo()
        error = not_started(self.order.command[0], number)
        code = 127 if number in (errno.ENOENT, errno.ENOTDIR) else 126
        self.state = State("created", exit_code=code, error=error.message, finished_at=time.time())
        raise error

    async def stop(self, timeout: float | None = None) -> None:
        """Its stop signal, and SIGKILL after the time-out (seconds; else its own)."""
        if not self.state.running:
            return
        ended = self._waiting.expect("next-exit")
        with suppress(EngineError):  # it ended meanwhile
            await self.kill(self.order.stop_signal)
        try:
            async with asyncio.timeout(self.wanted.stop_timeout if timeout is None else timeout):
                await asyncio.shield(ended)
        except TimeoutError:
            with suppress(EngineError):
                await self.kill("SIGKILL")
            await ended

    async def kill(self, name: str = "SIGKILL") -> bool:
        """Send its main process a signal, by name or number; 409 where it does not run. False: it is dropped there."""
        number = number_of(name)
        if not self.state.running:
            raise not_running(self, f"cannot kill container: {self.id}")
        told = await self._ask({"do": "signal", "number": number})
        if number in (signal.SIGKILL, number_of(self.order.stop_signal)):
            self._go_on()
        return bool(told["heard"])

    async def pause(self) -> None:
        """Hold all its processes where they are; 409 where it does not run, or is held already."""
        if self.state.status != "running":
            raise already_paused(self) if self.state.running else not_running(self, "")
        self._health.end()
        await self._ask({"do": "pause"})
        if self.state.running:
            self.state = replace(self.state, status="paused")

    async def unpause(self) -> None:
        """Let its processes go on; 409 where they are not held."""
        if self.state.status != "paused":
            raise not_paused(self)
        self._go_on()

    def _go_on(self) -> None:
        if self.state.status == "paused":
            self._run.shim.tell({"do": "resume"})
            self.state = replace(self.state, status="running")
            self._health.begin()

    def hold_to(self, cpus: float) -> None:
        """It gets so many CPU seconds a second from now on, as long as it runs."""
        self._run.shim.tell({"do": "hold", "cpus": cpus})

    async def restart(self, timeout: float | None = None) -> None:
        """Stop and start again."""
        await self.stop(timeout)
        await self.start()

    async def wait(self, condition: str = "not-running") -> int:
        """Its exit code, once it is `not-running`, has its `next-exit`, or is `removed`."""
        if condition == "not-running":
            if not self.state.running:
                return self.state.exit_code
            condition = "next-exit"
        return await self._waiting.expect(condition)

    async def close(self) -> None:
        """End its processes, if need be by force, and wait until none is left; also where it is just starting."""
        self._end()
        async with self._lock:
            self._end()
            await self._run.gone()

    def _end(self) -> None:
        self._ended({"code": 137})
        self._run.shim.close()

    async def forget(self) -> None:
        """Delete what it had on disk; it has ended."""
        await self.close()
        async with self._lock:
            self.state = replace(self.state, status="dead")
            await asyncio.to_thread(self._ground.clear)
        self._waiting.came("removed", self.state.exit_code)

    def _ended(self, told: dict[str, Any]) -> None:
        if not self.state.running:
            return
        over = told.get("out_of_memory", False)
        self._measures.ended(told)
        self.state = replace(
            self.state, status="exited", pid=0, exit_code=told["code"], out_of_memory=over, finished_at=time.time()
        )
        self._health.end()
        self._run.end()
        self._waiting.came("next-exit", self.state.exit_code)
        self.on_exit(self)

    async def contents(self) -> Contents:
        """Its files, whether it runs or not; EngineError where its image or a mount forbids to lay them out."""
        async with self._lock:
            self._refuse_removed()
            return await asyncio.to_thread(self._ground.contents, self)

    def _refuse_removed(self) -> None:
        if self.state.status == "dead":
            raise no_such_container(self.name)

    # What can be done while it runs

    async def write(self, data: bytes) -> None:
        """Give its main process input; before it runs, the input waits."""
        await self._run.input.write(data)

    def close_stdin(self) -> None:
        """No more input comes."""
        self._run.input.finish()

    def resize(self, height: int, width: int) -> None:
        """The size of its terminal, in characters."""
        self._run.shim.tell({"do": "resize", "height": height, "width": width})

    def refuse_other_user(self, user: str) -> None:
        """EngineError where a command is to run as another user than the container's."""
        self._ground.refuse_other_user(user)

    async def exec(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        user: str = "",
        working_folder: str = "",
        stdin_open: bool = False,
        tty: bool = False,
    ) -> Exec:
        """Run a command beside the main process; NotExecutableError where there is none such, 409 if not running."""
        if self.state.status != "running":
            raise held(self) if self.state.running else not_running(self, "")
        self._ground.refuse_other_user(user)
        try:
            return await self._run.exec(
                self, command, environment or {}, working_folder, stdin_open=stdin_open, tty=tty
            )
        except ConnectionResetError as error:
            raise not_running(self, "") from error

    async def dial(self, port: int) -> Streams:
        """A connection to what listens on a port of the container; ConnectionRefusedError where nothing does."""
        return await dialled(self, self._run.shim, port)

    async def usage(self) -> Usage:
        """What it uses now; after its end, what it used."""
        if self.state.running:
            await self._measures.take()
        return self._measures.usage

    async def processes(self) -> list[Process]:
        """What runs in it now; 409 where it does not run."""
        if not self.state.running:
            raise not_running(self, "")
        return await self._measures.processes()

    async def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        return await answered(self, self._run.shim, message)

    def _probed(self, probe: Probe, check: HealthCheck) -> None:
        if self.state.running:
            self.state = health.judged(self.state, probe, check)
