"""What a container's main process prints, on its way into the log.

Knows nothing about processes: it reads the ends of pipes, or a terminal.
"""

from __future__ import annotations

import os
import selectors
import time

from .records import Writer

__all__ = ["Output"]

_CHUNK = 1 << 16
_LAST_WORDS = 1.0  # how long a pipe is read after everything was killed


class Output:
    """The pipes that are read in a selector's loop; `news` says that the log has grown."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self.news = False
        self._selector = selector
        self._log: Writer | None = None
        self._open: set[int] = set()

    def begin(self, descriptor: int) -> None:
        """Write to the log that this descriptor appends to."""
        self._log = Writer(descriptor)

    @property
    def unfinished(self) -> bool:
        """Whether the beginning of a line is held back."""
        return self._log is not None and self._log.unfinished

    def finish(self) -> None:
        """Write what was held back."""
        if self._log and self._log.unfinished:
            self._log.finish()
            self.news = True

    def pipe(self, stream: str) -> int:
        """The end to print to of a new pipe."""
        reading, writing = os.pipe()
        self.pump(reading, stream)
        return writing

    def pump(self, descriptor: int, stream: str) -> None:
        """Take what is printed on one end until the other is closed."""
        os.set_blocking(descriptor, False)
        self._open.add(descriptor)
        self._selector.register(descriptor, selectors.EVENT_READ, lambda: self._read(descriptor, stream))

    def _read(self, descriptor: int, stream: str) -> None:
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return
        except OSError:  # a terminal says so when nobody is on the other side any more
            data = b""
        if data and self._log:
            self._log.take(stream, data)
            self.news = True
        elif not data:
            self._open.discard(descriptor)
            self._selector.unregister(descriptor)
            os.close(descriptor)

    def last_words(self) -> None:
        """Read what is left in the pipes, for a second at most, and write all of it, whole lines or not."""
        self.drain()
        if self._log:
            self._log.finish()

    def drain(self) -> None:
        """Read what is left in the pipes, for a second at most."""
        until = time.monotonic() + _LAST_WORDS
        for descriptor in list(self._open):
            read = self._selector.get_key(descriptor).data
            while time.monotonic() < until and descriptor in self._open and _ready(descriptor):
                read()


def _ready(descriptor: int) -> bool:
    with selectors.DefaultSelector() as one:
        one.register(descriptor, selectors.EVENT_READ)
        return bool(one.select(0))
