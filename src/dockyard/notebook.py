"""The notebook's door, `from dockyard import lab`: check a step, wait, watch, offer traffic, see charts and pictures.

Knows nothing about judging, clouds or drawing: it asks the sandbox over HTTP and shows the answer. What goes wrong is
shown as a sentence; a learner never sees a traceback of ours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dockyard.client import Client
from dockyard.content import open_course
from dockyard.display.chart import Chart
from dockyard.display.picture import Picture
from dockyard.display.progress import AfterAWhile, place, while_it_takes
from dockyard.errors import ContentError, DockyardError
from dockyard.grading.rendering import as_html, as_text
from dockyard.grading.report import Report
from dockyard.watch import Watch, passed

__all__ = ["Door", "Said", "Shown", "lab"]

#: How many simulated seconds pass between two looks at a condition.
_LOOK = 15.0


class Said(DockyardError):  # noqa: N818 - what is said to a learner, in our words for it
    """A sentence for the learner: notebooks print it as it is, without a traceback, and the cell stops."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A report that a notebook shows as HTML and a terminal as text."""

    report: Report

    def _repr_html_(self) -> str:
        return as_html(self.report)

    def __repr__(self) -> str:
        return as_text(self.report)


@dataclass(frozen=True, slots=True)
class Door:
    """What a learner calls. `lab_id`: the lab in hand; where empty, $DOCKYARD_LAB or else the course's only lab."""

    lab_id: str = ""

    def open(self, lab_id: str) -> Door:
        """The door of one lab: `lab = lab.open("01-worked-example")`."""
        with _spoken():
            return Door(open_course().lab(lab_id).id)

    def check(self, step: str | None = None) -> Shown:
        """Judge one step of this lab, or all of it, in the sandbox."""
        with _spoken():
            client, lab_id = _client(), self._lab()
            told = while_it_takes(lambda: client.check(lab_id, step), f"Judging {step or lab_id}", place())
            return Shown(Report.from_json(told))

    def wait(self, what: float | Callable[[], Any], at_most: float = 1800.0) -> str:
        """Let simulated seconds pass, or wait until `what()` is true but at most so many; answers the time it is then.

        Raises Said when the condition did not come true.
        """
        if callable(what):
            return self._wait_until(what, at_most)
        with _spoken():
            client, seconds = _client(), float(what)
            return while_it_takes(lambda: passed(client, seconds), f"Waiting {seconds:g} simulated seconds", place())

    def _wait_until(self, condition: Callable[[], Any], at_most: float) -> str:
        waited, line = 0.0, AfterAWhile(place())
        try:
            while not condition():
                if waited >= at_most:
                    raise Said(f"It did not happen within {at_most:.0f} simulated seconds.")
                with _spoken():
                    passed(_client(), _LOOK)
                waited += _LOOK
                line.show(f"Waiting: not yet after {waited:.0f} simulated seconds …")
        finally:
            line.clear()
        return self.now()

    def traffic(
        self, load_balancer: str, requests_per_second: float, cpu_ms: float = 20.0, seconds: float = 3600.0
    ) -> str:
        """Offer requests to a load balancer, by name, from now on; each costs `cpu_ms` of one vCPU. 0 stops them."""
        with _spoken():
            _client().traffic(load_balancer, requests_per_second, cpu_ms, seconds)
        return f"{requests_per_second:g} requests a second × {cpu_ms:g} ms to {load_balancer}"

    def now(self) -> str:
        """The simulated time: ISO 8601, UTC, ending in Z."""
        with _spoken():
            return str(_client().clock()["now"])

    def advance(self, seconds: float) -> str:
        """Let simulated seconds pass at once, whatever the clock's mode; answers the time it is then."""
        with _spoken():
            return str(_client().advance(seconds)["now"])

    def watch(self, seconds: float = 300.0) -> None:
        """Print what happens in the account as it happens, for so many simulated seconds from now on."""
        with _spoken():
            for line in Watch(_client()).lines(seconds):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()

    def chart(self, minutes: int = 60) -> Chart:
        """Load, CPU, tasks and alarms of each service over the last simulated minutes, as a chart or a table."""
        with _spoken():
            return Chart(_client().timeline(minutes))

    def picture(self) -> Picture:
        """What exists in the account and how it hangs together, as a drawing or an outline."""
        with _spoken():
            return Picture(_client().picture())

    def _lab(self) -> str:
        chosen = self.lab_id or os.environ.get("DOCKYARD_LAB", "")
        if chosen:
            return chosen
        known = [one.id for one in open_course().labs]
        if len(known) != 1:
            raise ContentError(
                "Which lab is this?", next_step=f'Say lab = lab.open("ID") first. Known: {", ".join(known)}.'
            )
        return known[0]


lab = Door()


def _client() -> Client:
    return Client.from_environment()


@contextmanager
def _spoken() -> Iterator[None]:
    try:
        yield
    except Said:
        raise
    except KeyboardInterrupt:
        raise Said("Interrupted.") from None
    except DockyardError as error:
        raise Said(error.message, next_step=error.next_step) from None
