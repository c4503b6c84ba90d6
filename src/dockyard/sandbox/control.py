"""The control API under /_dockyard/: time, traffic, checks, snapshots, state and journal, for whoever holds the token.

Knows nothing about AWS. It judges the control token, and refuses requests that a browser sends for another site.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dockyard import __version__
from dockyard.cloud.clock import iso
from dockyard.errors import AwsError, ContentError, DockyardError, SandboxError
from dockyard.sandbox.happenings import happenings
from dockyard.sandbox.journal import shown
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.lesson_control import LessonControl
from dockyard.sandbox.picture import picture
from dockyard.sandbox.sandbox import Sandbox
from dockyard.sandbox.strict_json import read_json
from dockyard.sandbox.timeline import MOST_MINUTES, timeline

Endpoint = Callable[[Request], Awaitable[Response]]
#: A name that a path can hold.
SNAPSHOT_NAME = re.compile(r"[^/\x00-\x1f]{1,100}")
DAY = 24 * 3600.0
LONGEST_ADVANCE = 366 * 24 * 3600.0
#: A request to wait is answered after so many real seconds at the latest, and may be repeated.
LONGEST_WAIT = 10.0


class ControlError(DockyardError):
    """A control request refused: one sentence and its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def control_app(sandbox: Sandbox) -> Starlette:
    """The application that answers /_dockyard/."""
    control = Control(sandbox)
    guarded = {
        "state": (control.state, "GET"),
        "clock": (control.clock, "GET"),
        "clock/advance": (control.advance, "POST"),
        "clock/wait": (control.wait, "POST"),
        "status": (control.status, "GET"),
        "traffic": (control.traffic, "POST"),
        "checks/{lab}": (control.check, "POST"),
        "checks/{lab}/{step}": (control.check, "POST"),
        "reset": (control.reset, "POST"),
        "back": (control.back, "POST"),
        "snapshots": (control.snapshots, "GET"),
        "snapshots/{name}/restore": (control.restore, "POST"),
        "journal": (control.journal, "GET"),
        **LessonControl(sandbox, control._json).endpoints(),
        "events": (control.events, "GET"),
        "timeline": (control.timeline, "GET"),
        "picture": (control.picture, "GET"),
    }
    routes = [Route(f"/_dockyard/{path}", control.guard(it), methods=[verb]) for path, (it, verb) in guarded.items()]
    routes.append(Route("/_dockyard/snapshots", control.guard(control.snapshot), methods=["POST"]))
    routes.append(Route("/_dockyard/health", control.health, methods=["GET"]))
    return Starlette(routes=routes)


class Control:
    """The endpoints; each works on the sandbox's learner."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    @property
    def learner(self) -> Learner:
        """The account this endpoint controls."""
        return self.sandbox.learner

    def guard(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint behind the token; a refusal is a sentence."""

        async def guarded(request: Request) -> Response:
            try:
                self._let_in(request)
                return await endpoint(request)
            except ControlError as error:
                return JSONResponse({"message": error.message}, error.status)
            except (ContentError, AwsError) as error:
                return JSONResponse({"message": error.message, "next_step": error.next_step}, 404)
            except SandboxError as error:
                return JSONResponse({"message": error.message, "next_step": error.next_step}, 507)
            except ClientDisconnect:
                return Response(status_code=400)  # nobody is left to read it

        return guarded

    async def health(self, _request: Request) -> Response:
        """Anyone may ask whether the sandbox is ready."""
        return JSONResponse({"status": "ready", "version": __version__, "format": 1})

    async def state(self, _request: Request) -> Response:
        """The account in a stable order."""
        with self.sandbox.host.lock:
            return PlainTextResponse(self.learner.state_text(), media_type="application/json")

    async def clock(self, _request: Request) -> Response:
        """Simulated time: how it moves, and on the live clock whether it rests."""
        return JSONResponse(self.sandbox.clock())

    async def status(self, _request: Request) -> Response:
        """What there is, and what it costs."""
        from dockyard.sandbox.status import status

        with self.sandbox.host.lock:
            told = status(self.learner.world)
        running = self.sandbox.tasks.running if self.sandbox.tasks else 0
        return JSONResponse(
            {"port": self.sandbox.port, "clock": self.sandbox.clock(), "containers_running": running, **told}
        )

    async def wait(self, request: Request) -> Response:
        """Wait with the live clock until simulated seconds have passed, `LONGEST_WAIT` at most; answers the clock."""
        until = self._now + number(await self._json(request), "seconds", most=LONGEST_ADVANCE)
        give_up = time.monotonic() + LONGEST_WAIT
        if live := self.sandbox.ticking:
            while live.moment() < until and time.monotonic() < give_up:
                await asyncio.sleep(0.05)
            live.catch_up()
        return await self.clock(request)

    @property
    def _now(self) -> float:
        return self.learner.world.account.clock.now

    async def advance(self, request: Request) -> Response:
        """Let simulated seconds pass, a day at a time: others are answered in between, and a stop need not wait.

        Where tasks are processes it stops wherever something happens, until they have done their part in it.
        """
        left, tasks = number(await self._json(request), "seconds", most=LONGEST_ADVANCE), self.sandbox.tasks
        while True:
            if tasks:
                await tasks.in_step()
            with self.sandbox.host.lock:
                passing = self._passing(left)
                self.learner.advance(passing)
            if (left := left - passing) <= 0:
                if tasks:
                    await tasks.in_step()
                return await self.clock(request)
            await asyncio.sleep(0)

    def _passing(self, left: float) -> float:
        """How much of the time that is left may pass at once."""
        tasks, due = self.sandbox.tasks, self.learner.world.account.agenda.next_due()
        if tasks is None or due is None or not tasks.run_outside:
            return min(left, DAY)
        return min(left, DAY, max(due - self._now, 1.0))

    async def traffic(self, request: Request) -> Response:
        """Offer load to a load balancer from now on."""
        body = await self._json(request)
        name = body.get("load_balancer")
        if not isinstance(name, str):
            raise ControlError(400, "`load_balancer` must be the load balancer's name.")
        region = body.get("region", self.sandbox.region)
        if not isinstance(region, str):
            raise ControlError(400, "`region` must be a region's name, such as us-east-1.")
        numbers = [number(body, member) for member in ("requests_per_second", "cpu_ms", "seconds")]
        numbers.append(number({"lasts": 0, **body}, "lasts", most=DAY))
        with self.sandbox.host.lock:
            self.learner.traffic(region, name, *numbers)
        return JSONResponse({"offered": body, "now": iso(self.learner.world.account.clock.now)})

    async def check(self, request: Request) -> Response:
        """Judge a lab or one of its steps, in forks; other requests are answered meanwhile."""
        lab, step = request.path_params["lab"], request.path_params.get("step")
        if self.sandbox.tasks:
            await self.sandbox.tasks.known()
        report = await asyncio.to_thread(self.sandbox.check, lab, step)
        return JSONResponse(report)

    async def reset(self, _request: Request) -> Response:
        """Back to the moment of birth."""
        with self.sandbox.host.lock:
            self.learner.reset()
        return JSONResponse({"reset": True})

    async def back(self, request: Request) -> Response:
        """Back to before a step of a lab."""
        body = await self._json(request)
        lab, step = body.get("lab"), body.get("step")
        if not isinstance(lab, str) or not isinstance(step, str):
            raise ControlError(400, "`lab` and `step` must be a lab's and a step's name.")
        self.sandbox.back(lab, step)
        return JSONResponse({"lab": lab, "step": step, "now": iso(self._now)})

    async def snapshots(self, _request: Request) -> Response:
        """The names of the kept worlds."""
        return JSONResponse({"snapshots": sorted(self.learner.snapshots)})

    async def snapshot(self, request: Request) -> Response:
        """Keep the world as it is."""
        name = (await self._json(request)).get("name")
        if not isinstance(name, str) or not SNAPSHOT_NAME.fullmatch(name):
            raise ControlError(400, "`name` must be the snapshot's name: 1 to 100 characters, and no slash.")
        with self.sandbox.host.lock:
            self.learner.snapshot(name)
        return JSONResponse({"name": name}, 201)

    async def restore(self, request: Request) -> Response:
        """Back to a kept world."""
        name = request.path_params["name"]
        if name not in self.learner.snapshots:
            raise ControlError(404, f"There is no snapshot {name!r}. There are: {sorted(self.learner.snapshots)}.")
        with self.sandbox.host.lock:
            self.learner.restore(name)
        return JSONResponse({"restored": name})

    async def journal(self, _request: Request) -> Response:
        """The journal with everything secret hidden; of neighbours' requests, what was asked but not the bodies."""
        lines = []
        for line in self.learner.journal.read():
            line.pop("http", None)
            lines.append(shown(line))
        return JSONResponse({"lines": lines})

    async def events(self, request: Request) -> Response:
        """What happened since the event numbered `after`."""
        after = whole(request, "after", 0)
        with self.sandbox.host.lock:
            return JSONResponse(happenings(self.learner.world.account, after))

    async def timeline(self, request: Request) -> Response:
        """The last `minutes`, service by service."""
        minutes = whole(request, "minutes", 60, least=1, most=MOST_MINUTES)
        with self.sandbox.host.lock:
            return JSONResponse(timeline(self.learner.world.account, self.sandbox.region, minutes))

    async def picture(self, _request: Request) -> Response:
        """What exists, and what it hangs together by."""
        with self.sandbox.host.lock:
            return JSONResponse(picture(self.learner.world.account, self.sandbox.region))

    def _let_in(self, request: Request) -> None:
        sent = request.headers.get("authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {self.learner.secrets.token}".encode()):
            raise ControlError(401, "The control API asks for the token: run `dockyard env` and set what it prints.")
        origin = request.headers.get("origin")
        if origin and origin.partition("://")[2] != request.headers.get("host"):
            raise ControlError(403, f"Requests from {origin} are refused: the control API serves its own pages only.")

    @staticmethod
    async def _json(request: Request) -> dict[str, Any]:
        try:
            body = read_json(await request.body())
        except ValueError as error:
            raise ControlError(400, f"The request's body is not JSON: {error}.") from None
        if not isinstance(body, dict):
            raise ControlError(400, "The request's body must be a JSON object.")
        return body


def number(body: dict[str, Any], member: str, *, most: float = 1e9) -> float:
    """A member that must be a number from 0 to `most`. Raises ControlError."""
    value = body.get(member)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ControlError(400, f"`{member}` must be a number from 0 to {most:.0f}.")
    return float(value)


def whole(request: Request, name: str, default: int, *, least: int = 0, most: int = 2**53) -> int:
    """A whole number in the request's query. Raises ControlError."""
    text = request.query_params.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most:
        return int(text)
    raise ControlError(400, f"`{name}` must be a whole number from {least} to {most}.")
