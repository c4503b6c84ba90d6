"""The part of the control API that belongs to the course: labs, opening one, hints, predictions.

Knows nothing about tokens: `control` lets only those in who hold one. Everything runs in a thread, since the course's
own code calls this very sandbox.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from dockyard.sandbox.lessons import Lessons
    from dockyard.sandbox.sandbox import Sandbox

__all__ = ["LessonControl"]

Read = Callable[[Request], Awaitable[dict[str, Any]]]


class LessonControl:
    """The endpoints; `read` reads a request's JSON object."""

    def __init__(self, sandbox: Sandbox, read: Read) -> None:
        self._sandbox = sandbox
        self._read = read

    def endpoints(self) -> dict[str, tuple[Callable[[Request], Awaitable[Response]], str]]:
        """Path below /_dockyard/ → endpoint and verb."""
        return {
            "labs": (self.listed, "GET"),
            "progress": (self.progress, "GET"),
            "labs/{lab}": (self.described, "GET"),
            "labs/{lab}/open": (self.open, "POST"),
            "hints/{lab}/{step}": (self.hint, "POST"),
            "predictions/{lab}/{prediction}": (self.predict, "POST"),
            "predictions/{lab}/{prediction}/compare": (self.compare, "POST"),
        }

    @functools.cached_property
    def lessons(self) -> Lessons:
        """The course, read when it is first asked for."""
        from dockyard.sandbox.lessons import Lessons

        return Lessons(self._sandbox)

    async def listed(self, _request: Request) -> Response:
        """Every lab."""
        return await self._told(self.lessons.listed)

    async def progress(self, _request: Request) -> Response:
        """What was passed, lab by lab."""
        return await self._told(self.lessons.progress)

    async def described(self, request: Request) -> Response:
        """One lab, with this learner's values."""
        return await self._told(self.lessons.described, request.path_params["lab"])

    async def open(self, request: Request) -> Response:
        """Open a lab: `{"from": "mine"}` or `{"from": "opening"}`."""
        how = (await self._read(request)).get("from", "mine")
        return await self._told(self.lessons.open, request.path_params["lab"], str(how))

    async def hint(self, request: Request) -> Response:
        """The next hint for a step."""
        return await self._told(self.lessons.hint, request.path_params["lab"], request.path_params["step"])

    async def predict(self, request: Request) -> Response:
        """Commit to an answer `{"answer": …}`; without one, the question."""
        answer = (await self._read(request)).get("answer")
        if answer is None:
            return await self._told(self.lessons.question, *self._prediction(request))
        return await self._told(self.lessons.predict, *self._prediction(request), answer)

    async def compare(self, request: Request) -> Response:
        """What was said, beside `{"outcome": …}`."""
        outcome = (await self._read(request)).get("outcome", "")
        return await self._told(self.lessons.compare, *self._prediction(request), str(outcome))

    @staticmethod
    def _prediction(request: Request) -> tuple[str, str]:
        return request.path_params["lab"], request.path_params["prediction"]

    @staticmethod
    async def _told(ask: Callable[..., dict[str, Any]], *arguments: Any) -> Response:
        return JSONResponse(await asyncio.to_thread(ask, *arguments))
