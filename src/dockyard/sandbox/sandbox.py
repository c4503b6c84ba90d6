"""The sandbox: one learner's cloud, registry and Docker engine behind one port and one socket, from start to stop.

Knows nothing about the command line; it is told where to listen and calls back when it is ready.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import gc
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from dockyard.cloud.clock import iso
from dockyard.errors import SandboxError
from dockyard.sandbox.edge import App, Edge, Receive, Scope, Send
from dockyard.sandbox.environment import REGION, environment, socket_path
from dockyard.sandbox.folder import Held, unusable
from dockyard.sandbox.host import Host
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.live import LiveClock
from dockyard.sandbox.marks import after, mark_of, not_taken, reached
from dockyard.sandbox.task_runtime import STEP, TaskRuntime, release
from dockyard.sandbox.ticking import Ticking, ticking

if TYPE_CHECKING:
    from dockyard.containers.images import Images
    from dockyard.packages.distributions import Distributions
    from dockyard.runtime.containers import Containers
    from dockyard.sandbox.balancer import Dial
    from dockyard.sandbox.checks import CheckWorld
    from dockyard.sandbox.exercises import Exercises
    from dockyard.sandbox.localstack import LocalStack

DEFAULT_PORT = 4566
#: After so many idle seconds the slow neighbours are loaded, so that the learner's first call to one is quick.
WARM_UP_AFTER = 1.5


@dataclass(slots=True, frozen=True)
class Options:
    """Where and how to serve. `port` None: the port of birth, or LocalStack's.

    `speed`: simulated seconds per real second on the live clock; None: the stepped clock.
    """

    folder: Path
    address: str = "127.0.0.1"
    port: int | None = None
    seed: str | None = None
    start: float | None = None
    speed: float | None = None
    #: Where LocalStack answers (an `http://` URL), where one does.
    localstack: str | None = None
    #: The registry behind ours that keeps blobs and manifests (an `http://` URL), where there is one.
    registry: str | None = None
    #: A folder of Python wheels that builds may use, where the user names one.
    wheels: Path | None = None
    #: Where tasks run: `modelled`, `process`, or `auto`: what the clock allows.
    runtime: str = "modelled"
    #: The folder of facts about images that this user's sandboxes share; None: one within `folder`.
    facts: Path | None = None


class Sandbox:
    """One learner served. `region` is the one the labs work in."""

    region = REGION

    def __init__(self, options: Options) -> None:
        self.options = options
        localstack = outside(options)
        self.socket = None if options.port is None else listen(options.address, options.port)
        self._held = Held(options.folder)
        seed = options.seed if options.seed is not None else f"{time.time_ns():x}"
        start = float(int(time.time())) if options.start is None else options.start
        self.learner = Learner.open(options.folder, seed=seed, start=start, port=options.port or DEFAULT_PORT)
        self.port = options.port or self.learner.birth.port
        self.socket = self.socket or listen(options.address, self.port)
        self.learner.serve_at(self.port)
        try:
            self.host = Host(options.folder, bytes.fromhex(self.learner.secrets.registry_key), localstack)
        except OSError as error:
            raise unusable(options.folder, error) from error
        self.host.admit(self.learner)
        self._registry_app = _Lazy(self._registry)
        #: how the load balancers reach a target; whoever runs containers puts its own here
        self.dial: Dial | None = None
        self._balancer_app = _Lazy(self._balancer)
        self.tasks = self._tasks() if options.runtime != "modelled" else None
        after = self.tasks.after if self.tasks else None
        if self.tasks:
            self.dial = self.tasks.dial
        if not self.tasks or options.speed is None:
            release(self.learner)
        self.app: App = Edge(self.host, self._registry_app, _Lazy(self._control), self._balancer_app, after)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ticking: Ticking | None = None
        if options.speed is not None:
            self.learner.settles = False
            self.app = self.ticking = Ticking(
                self.app, LiveClock(options.speed, time.monotonic), self.host, self.learner
            )
            if self.tasks:
                self.ticking.stands, self.ticking.step = self.tasks.starting, STEP

    def environment(self) -> dict[str, str]:
        """What a shell needs to work against this sandbox."""
        return environment(self.options.folder, self.learner.birth, self.learner.secrets, self.port)

    def judge(self, lab: str, step: str | None) -> dict[str, Any]:
        """The report of a lab or one of its steps as JSON values. Raises ContentError for what does not exist."""
        from dockyard.content.reading import find_lab
        from dockyard.grading.runner import judge

        found, own = find_lab(lab), self.learner.world
        report = judge(found, step, self.check_world())
        with self.host.lock:
            if self.learner.world is own:  # nobody went back meanwhile
                for following in reached(found, report):
                    self.learner.mark(lab, following)
        return report.as_json()

    def check(self, lab: str, step: str | None) -> dict[str, Any]:
        """The same because the learner asked: the verdicts are remembered as progress. Raises SandboxError besides."""
        from dockyard.sandbox.course_progress import remember

        report = self.judge(lab, step)
        with self.host.lock:
            remember(self.learner, report)
        return report

    def check_world(self) -> CheckWorld:
        """The learner's own world as a check sees it: to be read, and forked."""
        from dockyard.sandbox.checks import CheckWorld, LearnersImages

        images = LearnersImages(self.images, lambda *asked: self._exercises(*asked))
        with self.host.lock:
            for tell in self.learner.before_looks:
                tell()
            return CheckWorld(
                self.learner.world, self.region, images, self.host.lock, self.learner.recollections.refusals, own=True,
                localstack=self.host.localstack,
            )  # fmt: skip

    @functools.cached_property
    def _exercises(self) -> Exercises:
        from dockyard.sandbox.exercises import Exercises

        assert self._loop is not None, "checks come over HTTP, which is served on the loop"
        return Exercises(self.containers, self._loop)

    def back(self, lab: str, step: str) -> None:
        """The account as it was before a step. Raises ContentError for a step that does not exist or was not taken."""
        from dockyard.content.reading import find_lab

        found = find_lab(lab)
        mark = mark_of(lab, found.step(step).id)
        with self.host.lock:
            if mark not in self.learner.snapshots:
                raise not_taken(found, step, self.learner.snapshots)
            self.learner.restore(mark, after(found, step, self.learner.snapshots))

    @contextlib.contextmanager
    def stepped(self) -> Iterator[None]:
        """Within, time moves as on the stepped clock, whichever there is: the course's own code need not wait."""
        if self.ticking is None:
            yield
            return
        self.learner.settles = True
        try:
            with self.ticking.held():
                yield
        finally:
            self.learner.settles = False

    def clock(self) -> dict[str, Any]:
        """Simulated time and how it moves; a live clock that is held moves as a stepped one."""
        now = iso(self.learner.world.account.clock.now)
        if self.ticking is None or self.ticking.is_held:
            return {"now": now, "mode": "stepped", "speed": 0}
        return {"now": now, "mode": "live", "speed": self.options.speed, "resting": self.ticking.rests()}

    async def serve(self, ready: Callable[[str], None]) -> None:
        """Serve until SIGTERM or SIGINT; then save. `ready` is told the endpoint's URL."""
        from dockyard.sandbox.engine import Engine

        engine = Engine(socket_path(self.options.folder), self.images, lambda: self.containers)
        server = _Server(self._configuration(), lambda: ready(f"http://127.0.0.1:{self.port}"))
        self._loop = loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.stop)
        await engine.start()
        warm_up = loop.call_later(WARM_UP_AFTER, lambda: threading.Thread(target=self._warm_up, daemon=True).start())
        containers = asyncio.create_task(self.tasks.run()) if self.tasks else None
        try:
            async with ticking(self.ticking):
                await server.serve(sockets=[self.socket])  # type: ignore[list-item]
        finally:
            warm_up.cancel()
            if containers:
                containers.cancel()
            await engine.stop()
            if self.tasks:
                await self.tasks.close()
            if "containers" in self.__dict__:
                await self.containers.close()
            self._registry_app.close()
            self._balancer_app.close()
            self.host.save()
            self._held.let_go()

    def _configuration(self) -> uvicorn.Config:
        return uvicorn.Config(
            self.app, access_log=False, lifespan="off", interface="asgi3", server_header=False, ws="none",
            timeout_graceful_shutdown=3,
            # skopeo tries TLS first, of which uvicorn would warn the learner at every call
            log_level="error",
        )  # fmt: skip

    @functools.cached_property
    def images(self) -> Images:
        """The engine's images, which are the account's."""
        from dockyard.containers.images import Images

        return Images(self.host.blobs, self.learner.images, self.packages)

    @functools.cached_property
    def packages(self) -> Distributions:
        """The Python packages at hand."""
        from dockyard.packages.distributions import Distributions

        return Distributions(self.options.folder / "packages", wheels=self.options.wheels)

    @functools.cached_property
    def containers(self) -> Containers:
        """The engine's containers, made at the first request for one; they end with the sandbox."""
        from dockyard.runtime.containers import Containers

        return Containers(self.options.folder / "containers", self.images)

    def _control(self) -> App:
        from dockyard.sandbox.control import control_app

        return control_app(self)

    def _balancer(self) -> App:
        from dockyard.sandbox.balancer import Balancer, nobody

        return Balancer(self.host, self.dial or nobody)

    def _tasks(self) -> TaskRuntime:
        folder, endpoint = self.options.folder, f"http://127.0.0.1:{self.port}"
        facts = self.options.facts or folder / "facts"
        return TaskRuntime(
            self.host, self.learner, lambda: self.packages, folder / "tasks", facts, endpoint, self.options.speed
        )

    def _registry(self) -> App:
        from dockyard.sandbox.registry import Registry, Storage

        storage = Storage(self.options.registry) if self.options.registry else None
        return Registry(self.host.blobs, self.host.tokens, self.host, storage=storage)

    def _warm_up(self) -> None:
        from dockyard.sandbox.moto import warm

        warm()
        # What is loaded by now stays: the collector need not walk it again and again.
        gc.freeze()


class _Lazy:
    """An application made at its first request: what a command does not need is not loaded."""

    def __init__(self, make: Callable[[], App]) -> None:
        self._make = make
        self._made: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._made = self._made or self._make()
        await self._made(scope, receive, send)

    def close(self) -> None:
        """Close what was made, if anything was."""
        if self._made is not None:
            self._made.close()  # type: ignore[attr-defined]


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready and leaves the signals to us (its own handling would kill the process)."""

    def __init__(self, configuration: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(configuration)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """Finish the running requests and end."""
        self.should_exit = True


def outside(options: Options) -> LocalStack | None:
    """LocalStack where one is named. Raises SandboxError for a URL of it, or of the registry, that is none."""
    if options.registry:
        from dockyard.sandbox.registry import Storage

        Storage(options.registry)
    if not options.localstack:
        return None
    from dockyard.sandbox.localstack import LocalStack

    return LocalStack(options.localstack)


def listen(address: str, port: int) -> socket.socket:
    """A bound socket. Raises SandboxError when the port is taken or the address is not ours."""
    # The protocol is named because asyncio turns Nagle's delay off only where it is: 40 ms a request otherwise.
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SandboxError(
                f"Port {port} on {address} is taken.",
                next_step="Stop what listens there (is another sandbox running?) or choose another with --port.",
            ) from error
        raise SandboxError(
            f"Dockyard cannot listen on {address} port {port}: {error.strerror}.",
            next_step="Choose another with --host and --port.",
        ) from error
    return listener
