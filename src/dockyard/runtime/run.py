"""One container's run: the shim with its processes, and what leads in and out of them, from a start to an end.

Knows nothing about a container's state, or about who may ask what of it: it says when the main process has ended.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from dockyard.runtime.execution import Exec, Execs
from dockyard.runtime.ground import Ground, Standing
from dockyard.runtime.input import Input
from dockyard.runtime.log import Log
from dockyard.runtime.publishing import Publishing, Streams
from dockyard.runtime.shim import Shim
from dockyard.runtime.wanted import Published, Wanted

__all__ = ["Run"]

#: What the shim says of an end that nobody has seen.
_KILLED = {"code": 137}


class Run:
    """What runs on a ground; it can begin again once it has ended. `input` may begin before it.

    `dial` gives a connection to a port inside, for what is published; `ended` hears what the shim says of the end.
    """

    def __init__(
        self,
        ground: Ground,
        log: Log,
        wanted: Wanted,
        dial: Callable[[int], Awaitable[Streams]],
        ended: Callable[[dict[str, Any]], None],
    ) -> None:
        self.input = Input(tty=wanted.tty)
        self.shim = Shim(self._on_event)
        self._ground = ground
        self._log = log
        self._publishing = Publishing(dial)
        self._execs = Execs()
        self._ended = ended

    async def open(self, container: Standing) -> tuple[Published, ...]:
        """Prepare the ground once the run before has ended, and listen; what is published really."""
        await self.shim.ended()
        await asyncio.to_thread(self._ground.prepare, container)
        return await self._publishing.open(container.wanted.ports)

    async def begin(self, container: Standing) -> dict[str, Any]:
        """Start the main process: the shim's answer, with `errno` where it cannot be executed. Raises OSError."""
        wanted = container.wanted
        self.shim = Shim(self._on_event)
        await self._ground.launch(self.shim)
        log = os.open(self._log.path, os.O_WRONLY | os.O_APPEND)
        descriptors = [log]
        if wanted.stdin_open and not wanted.tty:
            descriptors.append(await self.input.pipe())
        self._log.say(self._ground.first_line(container))
        self._log.begin()
        order = {"do": "start", **self._spoken(container, container.order.command, {}, ""), "memory": wanted.memory}
        order["cpus"] = wanted.cpus
        order["outside"] = [[one.address, one.port] for one in wanted.outside]
        told = await self.shim.ask({**order, "tty": wanted.tty}, tuple(descriptors))
        await self.input.begin(told["descriptors"])
        return told

    def undo(self) -> None:
        """It did not come to run: nothing of the attempt stays."""
        self.shim.close()
        self._let_go()

    def end(self) -> None:
        """Its processes have ended: nothing leads in or out any more."""
        self._execs.end_all()
        self._let_go()

    def _let_go(self) -> None:
        self.input.close()
        self._publishing.shut()
        self._log.end()

    async def gone(self) -> None:
        """Wait until none of its processes is left, and listen no more."""
        await self.shim.ended()
        self._publishing.shut()

    async def exec(
        self,
        container: Standing,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        *,
        stdin_open: bool,
        tty: bool,
    ) -> Exec:
        """Run a command beside the main process; NotExecutableError, ConnectionResetError where it ends meanwhile."""
        spoken = self._spoken(container, command, {**({"TERM": "xterm"} if tty else {}), **environment}, folder)
        return await self._execs.start(self.shim, spoken, stdin_open=stdin_open, tty=tty)

    def _spoken(
        self, container: Standing, command: Sequence[str], environment: Mapping[str, str], folder: str
    ) -> dict[str, Any]:
        """A command, its environment and folder as the shim is to run them."""
        own = {"HOSTNAME": container.hostname, **({"TERM": "xterm"} if container.wanted.tty else {})}
        said = {**own, **container.order.environment, **environment}
        return self._ground.spoken(command, said, folder or container.order.folder)

    def _on_event(self, told: dict[str, Any]) -> None:
        if told["told"] == "log":
            self._log.grown()
        elif told["told"] == "outward":
            asyncio.get_running_loop().create_task(self._publishing.carry_out(told["descriptors"][0], told["port"]))
        elif told["told"] == "exited" and told["name"]:
            self._execs.ended(told["name"], told["code"])
        else:
            self._ended(told if told["told"] == "exited" else _KILLED)
