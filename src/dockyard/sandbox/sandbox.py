"""The sandbox: one learner's cloud, registry and Docker engine behind one port and one socket, from start to stop.

Knows nothing about the command line; it is told where to listen and calls back when it is ready.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from dockyard.cloud.clock import iso
from dockyard.sandbox.edge import App, Edge
from dockyard.sandbox.environment import REGION, environment, socket_path
from dockyard.sandbox.folder import Held, unusable
from dockyard.sandbox.host import Host
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.live import LiveClock
from dockyard.sandbox.marks import after, mark_of, not_taken, reached
from dockyard.sandbox.options import DEFAULT_PORT, Options, outside
from dockyard.sandbox.serving import Lazy, Server, listen
from dockyard.sandbox.tasks import STEP, TaskRuntime, release
from dockyard.sandbox.ticking import Ticking, ticking

if TYPE_CHECKING:
    from dockyard.containers.images import Images
    from dockyard.grading.exercise import Exercise
    from dockyard.packages.distributions import Distributions
    from dockyard.runtime.containers import Containers
    from dockyard.runtime.machine import Machine
    from dockyard.sandbox.balancer import Dial
    from dockyard.sandbox.checks import CheckWorld
    from dockyard.sandbox.exercises import Exercises

#: After so many idle seconds the slow neighbours are loaded, so that the learner's first call to one is quick.
WARM_UP_AFTER = 1.5


class Sandbox:
    """One learner served. `region` is the one the labs work in."""

    region = REGION

    def __init__(self, options: Options) -> None:
        self.options = options
        localstack = outside(options)
        self.socket = None if options.port is None else listen(options.address, options.port)
        self._held = Held(options.folder)
        start = float(int(time.time())) if options.start is None else options.start
        self.learner = Learner.open(options.folder, seed=options.seed, start=start, port=options.port or DEFAULT_PORT)
        self.port = options.port or self.learner.birth.port
        self.socket = self.socket or listen(options.address, self.port)
        self.learner.serve_at(self.port)
        try:
            self.host = Host(options.folder, bytes.fromhex(self.learner.secrets.registry_key), localstack)
        except OSError as error:
            raise unusable(options.folder, error) from error
        self.host.admit(self.learner)
        self._registry_app = Lazy(self._registry)
        #: how the load balancers reach a target; whoever runs containers puts its own here
        self.dial: Dial | None = None
        self._balancer_app = Lazy(self._balancer)
        self.tasks = self._tasks() if options.runtime != "modelled" else None
        after, agent = (self.tasks.after, self.tasks.agent) if self.tasks else (None, None)
        if self.tasks:
            self.dial = self.tasks.dial
        if not self.tasks or options.speed is None:
            release(self.learner)
        self.app: App = Edge(self.host, self._registry_app, Lazy(self._control), self._balancer_app, after, agent)
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

        exercised: dict[str, Exercise] = {}
        images = LearnersImages(self.images, lambda image, wish: self._exercises(image, wish, exercised))
        with self.host.lock:
            self.learner.be_told()
            return CheckWorld(
                self.learner.world, self.region, images, self.host.lock, self.learner.recollections.refusals, own=True,
                localstack=self.host.localstack,
            )  # fmt: skip

    @functools.cached_property
    def _exercises(self) -> Exercises:
        from dockyard.sandbox.exercises import Exercises
        from dockyard.sandbox.known import Known
        from dockyard.sandbox.known_exercises import KnownExercises

        assert self._loop is not None, "checks come over HTTP, which is served on the loop"
        known = Known(self.options.observed, self.containers.isolation)
        return Exercises(self.containers, KnownExercises(known), self._loop)

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
        from dockyard.runtime.outside import HOST_INSIDE, Outside
        from dockyard.sandbox.engine import Engine

        reach = (Outside(self.port, HOST_INSIDE),)
        engine = Engine(socket_path(self.options.folder), lambda: self.images, lambda: self.containers, reach)
        server = Server(self.app, lambda: ready(f"http://127.0.0.1:{self.port}"))
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

        return Containers(self.options.folder / "containers", self.images, self.machine)

    @functools.cached_property
    def machine(self) -> Machine:
        """What this machine gives to the engine's containers and to those of tasks."""
        from dockyard.runtime.machine import Machine

        return Machine(self.options.folder / "unpacked", self.packages)

    def _control(self) -> App:
        from dockyard.sandbox.control import control_app

        return control_app(self)

    def _balancer(self) -> App:
        from dockyard.sandbox.balancer import Balancer, nobody

        return Balancer(self.host, self.dial or nobody)

    def _tasks(self) -> TaskRuntime:
        options = self.options
        return TaskRuntime(
            self.host, self.learner, lambda: self.machine, options.folder / "tasks", lambda: options.observed,
            self.port, options.speed,
        )  # fmt: skip

    def _registry(self) -> App:
        from dockyard.sandbox.registry import Registry, Storage

        storage = Storage(self.options.registry) if self.options.registry else None
        return Registry(self.host.blobs, self.host.tokens, self.host, storage=storage)

    def _warm_up(self) -> None:
        from dockyard.sandbox.moto import warm

        warm()
        # What is loaded by now stays: the collector need not walk it again and again.
        gc.freeze()
