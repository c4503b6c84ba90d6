"""An image exercised: one container of it, alone, asked over HTTP, looked into, and stopped.

Knows nothing about who runs containers. What comes of it is for a check to judge: statuses, texts and codes and no
timings, so that judging again gives the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["Answer", "Ask", "Done", "Exercise", "InHand", "Wish"]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to the container's port; a `body` that is no bytes is sent as JSON."""

    path: str
    body: Any = None
    method: str = ""

    @property
    def verb(self) -> str:
        """GET without a body and POST with one, unless told."""
        return self.method or ("GET" if self.body is None else "POST")

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class InHand:
    """A request that a container works on when its stop signal comes: it does so once its log says `begins`."""

    ask: Ask
    begins: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What to do with a container: once its `port` listens, ask it, run commands inside, and perhaps stop it.

    `files` lie over the image's own, as with `docker run -v`: absolute paths, and what is in them.
    """

    port: int = 0
    asks: tuple[Ask, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    stop: bool = False
    files: tuple[tuple[str, bytes], ...] = ()
    in_hand: InHand | None = None  # with `stop`


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` 0: nothing did."""

    status: int
    text: str = ""

    def json(self) -> Any:
        """The text read as JSON, None where it is none."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Done:
    """A command run inside: its exit code and all it wrote."""

    exit_code: int
    text: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """What a container did; `answers` and `done` are in the order of what was asked, `lines` are the last it logged.

    `exit_code`: it ended by itself; None: it ran on. `stop_code`: with this it ended at its stop signal; None: nobody
    sent one, or it did nothing about it, for which Docker kills it after ten seconds (137). `in_hand`: what came of the
    request that it had in hand then; status 0: it was lost. `for_itself`: its port is open to the container alone.
    """

    answers: tuple[Answer, ...] = ()
    done: tuple[Done, ...] = ()
    exit_code: int | None = None
    stop_code: int | None = None
    in_hand: Answer | None = None
    lines: tuple[str, ...] = ()
    for_itself: bool = False

    @property
    def last_words(self) -> str:
        """Its last line, "" where it wrote none."""
        return self.lines[-1] if self.lines else ""
