"""The notebook's door, `from dockyard import lab`: check a step, wait, watch, offer traffic, see charts and pictures.

Knows nothing about judging, clouds or drawing: it asks the sandbox over HTTP and shows the answer. What goes wrong is
shown as a sentence; a learner never sees a traceback of ours.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dockyard.client import Client
from dockyard.display.chart import Chart
from dockyard.display.load_test import LoadTest
from dockyard.display.picture import Picture
from dockyard.display.progress import AfterAWhile, place, while_it_takes
from dockyard.display.refusal import show_refusals
from dockyard.display.side_by_side import SideBySide
from dockyard.display.steps import Steps
from dockyard.errors import ContentError, DockyardError
from dockyard.grading.report import Report
from dockyard.load_test import Order, load_test
from dockyard.sentences import began_again, standing, went_back, what_it_lacks
from dockyard.shown import Said, Shown, Told, Values
from dockyard.watch import Watch, passed

__all__ = ["Door", "Said", "Shown", "Told", "Values", "lab"]

#: How many simulated seconds pass between two looks at a condition.
_LOOK = 15.0
#: A notebook breaks a longer line in the middle of a word.
_COLUMNS = 88


@dataclass(frozen=True, slots=True)
class Door:
    """What a learner calls. `lab_id`: the lab in hand; where empty, $DOCKYARD_LAB."""

    lab_id: str = ""

    def open(self, lab_id: str) -> Door:
        """The door of one lab: `lab = lab.open("01-dockerize")`. Its cells show refused calls without a traceback."""
        show_refusals()
        with _spoken():
            return Door(str(_client().lab(lab_id)["lab"]))

    def start(self, how: str = "mine") -> Values:
        """Go on with your cloud, or begin from the lab's opening state (`"opening"`); answers your values by name.

        `"kept"` goes back to the cloud you had before an opening state took its place. Says what your
        cloud lacks of what the lab builds on.
        """
        with _spoken():
            client, lab_id = _client(), self._lab()
            opened = while_it_takes(lambda: client.open(lab_id, how), f"Opening {lab_id}", place())
        _say(*what_it_lacks(opened, 'lab.start("opening")', 'lab.start("kept")'))
        return Values(opened["values"])

    def hint(self, step: str) -> None:
        """The next of three hints for what this step lacks now; each says more than the one before."""
        with _spoken():
            told = _client().hint(self._lab(), step)
        _say(*hint_lines(told))

    def predict(self, prediction: str, answer: object = None) -> bool:
        """Commit to an answer before the cloud gives its own; without one it only asks. Whether there was one."""
        with _spoken():
            told = _client().predict(self._lab(), prediction, answer)
        if answer is None:
            _say(told["question"], "Write your answer in this cell and run it again. Being wrong costs nothing.")
            return False
        print(f"You say {told['answer']}. Now see.")
        return True

    def recall(self, question: str, answer: object = None) -> None:
        """A question on what you know already: without an answer it asks, with one it says what is right, and why."""
        with _spoken():
            told = _client().predict(self._lab(), question, answer)
            if answer is not None:
                _say(_client().compare(self._lab(), question, "")["compared"])
                return
        _say(told["question"], "Write your answer in this cell and run it again. Being wrong costs nothing.")

    def compare(self, prediction: str, outcome: object) -> None:
        """Show what you predicted beside what came."""
        with _spoken():
            _say(_client().compare(self._lab(), prediction, outcome)["compared"])

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
        self, load_balancer: str, requests_per_second: float, cpu_ms: float = 20.0, seconds: float = 3600.0,
        lasts: float = 0.0,
    ) -> str:  # fmt: skip
        """Offer requests to a load balancer, by name, from now on; each costs `cpu_ms` of one vCPU. 0 stops them.

        Each is in flight for `lasts` simulated seconds beside its CPU.
        """
        with _spoken():
            _client().traffic(load_balancer, requests_per_second, cpu_ms, seconds, lasts)
        in_flight = f", each in flight for {lasts:g} s" if lasts else ""
        return f"{requests_per_second:g} requests a second × {cpu_ms:g} ms to {load_balancer}{in_flight}"

    def load_test(
        self, seconds: float, rate: float, balancer: str = "", path: str = "/", body: object = None
    ) -> LoadTest:
        """Send real requests to a load balancer (the only one unless named) for so many real seconds, `rate` a second.

        A GET of `path`, or with a `body` a POST of it as JSON. `failed` of the answer is how many failed.
        """
        line = AfterAWhile(place())
        try:
            with _spoken():
                return load_test(_client(), Order(seconds, rate, balancer, path, body), line.show)
        finally:
            line.clear()

    def now(self) -> str:
        """The simulated time: ISO 8601, UTC, ending in Z."""
        with _spoken():
            return str(_client().clock()["now"])

    def advance(self, seconds: float) -> str:
        """Let simulated seconds pass at once, whatever the clock's mode; answers the time it is then."""
        with _spoken():
            return str(_client().advance(seconds)["now"])

    def status(self) -> Told:
        """What there is in your account, what time it is there, and what it would cost on AWS."""
        with _spoken():
            return Told(standing(_client().status()))

    def progress(self) -> Steps:
        """What you have passed so far, lab by lab; it outlasts `back` and `reset`."""
        with _spoken():
            return Steps(_client().progress(), self.lab_id or os.environ.get("DOCKYARD_LAB", ""))

    def back(self, step: str) -> Told:
        """Take your account, your images too, back to how it was before a step of this lab."""
        with _spoken():
            return Told(went_back(_client().back(self._lab(), step)))

    def reset(self) -> Told:
        """Take your account back to its birth: nothing in it, no images; your progress is kept."""
        with _spoken():
            return Told(began_again(_client().reset()))

    def watch(self, seconds: float = 300.0) -> None:
        """Print what happens in the account as it happens, for so many simulated seconds from now on."""
        with _spoken():
            for line in Watch(_client()).lines(seconds):
                print(line, flush=True)

    def chart(self, minutes: int = 60) -> Chart:
        """Load, CPU, tasks and alarms of each service over the last simulated minutes, as a chart or a table."""
        with _spoken():
            return Chart(_client().timeline(minutes))

    def picture(self) -> Picture:
        """What exists in the account and how it hangs together, as a drawing or an outline."""
        with _spoken():
            return Picture(_client().picture())

    def side_by_side(self, machine: dict[str, str], container: dict[str, str]) -> SideBySide:
        """A container beside a virtual machine, as a drawing or a table, from what both sides report by name."""
        return SideBySide(machine, container)

    def _lab(self) -> str:
        chosen = self.lab_id or os.environ.get("DOCKYARD_LAB", "")
        if chosen:
            return chosen
        raise ContentError("Which lab is this?", next_step='Say lab = lab.open("01-dockerize"), or another, first.')


def _say(*texts: str) -> None:
    """Print sentences, each long line broken between words and indented like its beginning."""
    for line in "\n".join(texts).splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        print(textwrap.fill(line, _COLUMNS, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))


def hint_lines(told: dict[str, Any]) -> list[str]:
    """A hint in lines: what is seen now, the cloud's own line about it, and the rung."""
    lines = [f"Now: {told['now']}"] if told["now"] else []
    lines += [f"The cloud says: {told['cloud']}"] if told["cloud"] else []
    return [*lines, f"Hint {told['rung']} of {told['of']}: {told['hint']}" if told["rung"] else told["hint"]]


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
