"""`docker exec`: a command beside a container's main process, created, started, inspected.

Knows nothing about how it is run.
"""

from __future__ import annotations

import asyncio
import errno
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.runtime.execution import Exec, NotExecutableError
from dockyard.runtime.refusals import held
from dockyard.sandbox.engine.asked import Asked
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.frames import content_type, framed
from dockyard.sandbox.engine.http import Answer, Request, Takeover, Wire, as_json, members
from dockyard.sandbox.engine.lifecycle import size
from dockyard.sandbox.engine.wishes import environment

__all__ = ["Command", "create", "inspected", "resized", "start"]

#: Seconds that output may still come after the command has ended: a child of it may hold the pipe open.
_LAST_WORDS = 2.0


@dataclass(slots=True)
class Command:
    """One exec: what was asked for, and what became of it."""

    id: str
    container: Container
    words: tuple[str, ...]
    environment: dict[str, str]
    user: str
    working_folder: str
    tty: bool
    stdin: bool
    begun: bool = False
    running: Exec | None = None
    exit_code: int | None = None


async def create(daemon: Daemon, request: Request, name: str) -> Answer:
    """`POST /containers/NAME/exec`."""
    container = daemon.containers.find(name)
    _refuse_idle(container)
    body = Asked(members(await request.read(), "the request's body"))
    words = body.texts("Cmd")
    if not words:
        raise EngineError("No exec command specified")
    if body.is_set("Privileged"):
        sentence = "docker exec --privileged is not offered: a command here has no privilege beyond its container's"
        raise EngineError(sentence, status=501)
    container.refuse_other_user(body.text("User"))
    command = Command(
        secrets.token_hex(32), container, words, environment(body.texts("Env") or ()), body.text("User"),
        body.text("WorkingDir"), body.flag("Tty"), body.flag("AttachStdin"),
    )  # fmt: skip
    daemon.keep(command)
    return as_json({"Id": command.id}, 201)


def _refuse_idle(container: Container) -> None:
    if not container.state.running:
        raise EngineError(f"Container {container.id} is not running", status=409)
    if container.state.status == "paused":
        raise held(container)


async def start(daemon: Daemon, request: Request, identifier: str) -> Answer | Takeover:
    """`POST /exec/ID/start`; unless it is detached, the connection becomes its input and output."""
    command = daemon.command(identifier)
    body = Asked(members(await request.read(), "the request's body"))
    if command.begun:
        raise EngineError(f"Error: Exec command {identifier} has already run", status=409)
    _refuse_idle(command.container)
    command.begun = True
    if body.flag("Detach"):
        return await _detached(command)

    async def serve(wire: Wire) -> None:
        await _attached(command, wire)

    return Takeover(serve, content_type(command.tty))


async def _run(command: Command, stdin: bool) -> Exec:
    """Run it; EngineError where it cannot be executed."""
    try:
        return await command.container.exec(
            command.words, environment=command.environment, user=command.user,
            working_folder=command.working_folder, stdin_open=stdin, tty=command.tty,
        )  # fmt: skip
    except NotExecutableError as error:
        command.exit_code = 127 if error.errno == errno.ENOENT else 126
        raise EngineError(_not_executable(command, error)) from error


def _not_executable(command: Command, error: OSError) -> str:
    why = "executable file not found in $PATH" if error.errno == errno.ENOENT else (error.strerror or "").lower()
    runtime = "OCI runtime exec failed: exec failed: unable to start container process"
    return f'{runtime}: exec: "{command.words[0]}": {why}: unknown'


async def _detached(command: Command) -> Answer:
    command.running = await _run(command, stdin=False)
    return Answer(200)


async def _attached(command: Command, wire: Wire) -> None:
    """Carry input and output until the command ends; what keeps it from running is its output."""
    try:
        running = command.running = await _run(command, command.stdin)
    except EngineError as error:
        with suppress(ConnectionError):
            await wire.send(framed("stdout", f"{error}\r\n".encode(), command.tty))
        return
    feeding = asyncio.ensure_future(_feed(running, wire))
    showing = [asyncio.ensure_future(_show(running, name, wire, command.tty)) for name in ("stdout", "stderr")]
    try:
        await running.wait()
        await asyncio.wait(showing, timeout=_LAST_WORDS)
    finally:
        for task in (feeding, *showing):
            task.cancel()
        running.close()


async def _feed(running: Exec, wire: Wire) -> None:
    with suppress(ConnectionError):
        while data := await wire.read():
            await running.write(data)
        running.close_stdin()


async def _show(running: Exec, name: str, wire: Wire, tty: bool) -> None:
    stream = running.stdout if name == "stdout" else running.stderr
    with suppress(ConnectionError):
        while data := await stream.read(1 << 16):
            await wire.send(framed(name, data, tty))


async def resized(daemon: Daemon, request: Request, identifier: str) -> Answer:
    """The size of its terminal."""
    running = daemon.command(identifier).running
    if running is not None and running.exit_code is None:
        running.resize(*size(request))
    return Answer(200)


async def inspected(daemon: Daemon, _: Request, identifier: str) -> Answer:
    """`GET /exec/ID/json`: while it runs its exit code is null."""
    command = daemon.command(identifier)
    running = command.running
    code = running.exit_code if running is not None else command.exit_code
    process: dict[str, Any] = {
        "tty": command.tty, "entrypoint": command.words[0], "arguments": list(command.words[1:]),
        "privileged": False, "user": command.user,
    }  # fmt: skip
    return as_json(
        {
            "ID": command.id,
            "Running": running is not None and code is None,
            "ExitCode": code,
            "ProcessConfig": process,
            "OpenStdin": command.stdin,
            "OpenStderr": True,
            "OpenStdout": True,
            "CanRemove": False,
            "ContainerID": command.container.id,
            "DetachKeys": "",
            "Pid": running.pid if running is not None else 0,
        }
    )
