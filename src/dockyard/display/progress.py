"""Work that may take longer than a second: a quiet line says what is going on and for how long, and goes when it ends.

Knows nothing about the work, and nothing about where the line is shown: it is handed a place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TextIO, TypeVar

__all__ = ["AfterAWhile", "InCell", "Line", "Nowhere", "OnTerminal", "place", "while_it_takes"]

Answer = TypeVar("Answer")
#: Real seconds: what is quicker shows nothing, and how often the line changes.
PATIENCE, TICK = 1.0, 0.5


class Line(Protocol):
    """A place that shows one line."""

    def show(self, text: str) -> None:
        """Show this instead of what was shown."""

    def clear(self) -> None:
        """Leave nothing behind."""


class Nowhere:
    """Nobody looks: a notebook that runs by itself, a log file."""

    def show(self, text: str) -> None:
        """Show nothing."""

    def clear(self) -> None:
        """Nothing is there."""


class OnTerminal:
    """The last line of a terminal, which is written over."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._width = 0

    def show(self, text: str) -> None:
        """Write over the line."""
        self._stream.write(f"\r{text:<{self._width}}")
        self._stream.flush()
        self._width = len(text)

    def clear(self) -> None:
        """Write blanks over it."""
        if self._width:
            self._stream.write(f"\r{' ' * self._width}\r")
            self._stream.flush()
            self._width = 0


class InCell:
    """A line below a notebook's cell. When it goes, an output without content stays, which shows and prints as nothing.

    Neither stdout nor stderr is touched: what a cell writes there is the learner's, and nbgrader marks stderr down.
    """

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, text: str) -> None:
        """Show the line, or change it."""
        from IPython.display import display

        shown = {"text/plain": text}
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)

    def clear(self) -> None:
        """Empty the line."""
        if self._handle is not None:
            self._handle.update({}, raw=True)
            self._handle = None


class AfterAWhile:
    """A line that shows nothing during the first second, and does not change more often than the eye likes."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._next = time.monotonic() + PATIENCE

    def show(self, text: str) -> None:
        """Show this, if it is time."""
        if time.monotonic() >= self._next:
            self._line.show(text)
            self._next = time.monotonic() + TICK

    def clear(self) -> None:
        """Leave nothing behind."""
        self._line.clear()


def place() -> Line:
    """Below the cell, where a person runs it. A cell run by nbclient, as for grading, has nobody who could type."""
    with suppress(ImportError):
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is not None and getattr(getattr(shell, "kernel", None), "_allow_stdin", False):
            return InCell()
    return Nowhere()


def while_it_takes(work: Callable[[], Answer], what: str | Callable[[], str], line: Line) -> Answer:
    """Do the work and answer its answer; after a second the line says `what` and how long it has taken so far.

    Where what is being done changes, `what` is asked for it. Raises what the work raises. An interrupt leaves the work
    to itself.
    """
    done, found, failed = threading.Event(), list[Answer](), list[BaseException]()

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # it is raised again below, where the learner waits
            failed.append(error)
        finally:
            done.set()

    started = time.monotonic()
    threading.Thread(target=run, daemon=True).start()
    try:
        if not done.wait(PATIENCE):
            line.show(f"{_now(what)} …")
            while not done.wait(TICK):
                line.show(f"{_now(what)} … {time.monotonic() - started:.0f} s")
    finally:
        line.clear()
    if failed:
        raise failed[0]
    return found[0]


def _now(what: str | Callable[[], str]) -> str:
    return what if isinstance(what, str) else what()
