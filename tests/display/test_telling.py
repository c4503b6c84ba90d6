"""How happenings, tables, pictures and progress are told, from plain values."""

from __future__ import annotations

import io
import threading
from typing import Any
from xml.etree import ElementTree

import pytest
from display.shown_picture import HTML, SVG, drawn_in
from jupyter_client.manager import start_new_kernel

from dockyard.display import progress
from dockyard.display.happenings import Teller
from dockyard.display.picture import Picture
from dockyard.display.progress import OnTerminal, while_it_takes
from dockyard.display.table import table


def event(number: int, what: str, because: str = "", at: str = "2026-01-05T08:00:01.000Z") -> dict[str, Any]:
    return {"number": number, "at": at, "what": what, "because": because}


def test_the_same_that_happens_to_several_is_told_once() -> None:
    told = Teller().lines([event(1, "task a is stopped: why"), event(2, "target x became draining"),
                           event(3, "task b is stopped: why"), event(4, "task c runs")])  # fmt: skip
    assert told == ["08:00:01  tasks a, b are stopped: why", "08:00:01  target x became draining",
                    "08:00:01  task c runs"]  # fmt: skip


def test_a_reason_is_told_once_and_not_where_it_is_a_line_of_its_own() -> None:
    teller = Teller()
    assert teller.lines([event(1, "A"), event(2, "B", "A"), event(3, "C", "load")])[-1] == "          ← load"
    assert teller.lines([event(4, "D", "load"), event(5, "E", "B")]) == ["08:00:01  D", "08:00:01  E"]


def row(minute: int, running: int) -> dict[str, Any]:
    at = f"2026-01-05T{8 + minute // 60:02}:{minute % 60:02}:00.000Z"
    return {"at": at, "requests_per_second": None, "cpu": 1.0, "desired": 2, "running": running, "alarms": {}}


def test_a_long_table_is_thinned_but_no_change_of_tasks_is_lost() -> None:
    rows = [row(minute, 3 if minute == 61 else 2) for minute in range(600)]
    service = {"cluster": "c", "service": "s", "alarms": [], "rows": rows}
    told = table({"now": "2026-01-05T18:00:00.000Z", "services": [service]})
    assert len(told.splitlines()) < 45
    assert "09:01:00       -    1.0       2       3  -" in told


def blueprint(name: str, used: bool) -> dict[str, Any]:
    return {"name": name, "vcpus": 1, "memory": 2048, "images": ["python:3.12-slim"], "used": used}


def drawn(*definitions: dict[str, Any]) -> Picture:
    """An account that holds task definitions only."""
    kinds = ("repositories", "services", "tasks", "groups", "balancers", "alarms")
    head = {"now": "2026-01-05T18:00:00.000Z", "account": "1", "region": "r"}
    return Picture({**head, **{kind: [] for kind in kinds}, "definitions": list(definitions)})


def test_of_several_blueprints_those_in_use_are_drawn_and_the_others_only_named() -> None:
    picture = drawn(blueprint("api:7", True), blueprint("draft:1", False), blueprint("trial:2", False))
    assert "task definitions of which nothing runs: draft:1, trial:2" in repr(picture)
    named = [one.text for one in drawn_in(ElementTree.fromstring(picture._repr_html_())).iter(f"{HTML}strong")]
    assert named == ["api:7"]
    for first in (drawn(blueprint("draft:1", False), blueprint("trial:2", False)), drawn(blueprint("draft:1", False))):
        assert "task definition draft:1: 1 vCPU, 2 GB, image python:3.12-slim" in repr(first)


def test_a_picture_is_one_that_a_notebook_without_trust_shows_too() -> None:
    """There JupyterLab takes away style sheets and SVG; a picture has its colours in it, for light and for dark."""
    page = ElementTree.fromstring(drawn(blueprint("api:7", True))._repr_html_())
    assert not {"style", "svg"} & {one.tag for one in page.iter()}
    alone = drawn_in(page)
    assert [one.text for one in alone.iter(f"{HTML}strong")] == ["api:7"]
    assert "@media(prefers-color-scheme:dark)" in "".join(one.text or "" for one in alone.iter(f"{SVG}style"))


def test_a_picture_of_thousands_of_tasks_stays_small_and_whole() -> None:
    tasks = [{"id": f"{number:032x}", "status": "RUNNING", "zone": "z", "address": "", "definition": "<f>:1"}
             for number in range(5000)]  # fmt: skip
    service = {"name": "c/<s>", "status": "ACTIVE", "desired": 5000, "definitions": ["<f>:1"], "rollout": "COMPLETED",
               "tasks": tasks, "groups": [], "scaling": None}  # fmt: skip
    kinds = ("repositories", "definitions", "tasks", "groups", "balancers", "alarms")
    told = {"now": "2026-01-05T18:00:00.000Z", "account": "1", "region": "r", **{kind: [] for kind in kinds}}
    picture = Picture({**told, "services": [service]})
    assert "and 4988 more" in repr(picture)
    assert len(picture._repr_html_()) < 10_000
    page = ElementTree.fromstring(picture._repr_html_())
    assert "<s>" in {one.text for one in drawn_in(page).iter(f"{HTML}strong")}


class Kept:
    """A line that keeps what it showed, and lets the work end once it did."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.seen = threading.Event()

    def show(self, text: str) -> None:
        self.shown.append(text)
        self.seen.set()

    def clear(self) -> None:
        self.shown.append("")


def test_what_is_quick_shows_nothing_and_what_is_slow_a_line_that_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Kept()
    assert while_it_takes(lambda: 7, "Judging", line) == 7
    assert line.shown == [""]
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    line = Kept()
    assert while_it_takes(line.seen.wait, "Judging", line)
    assert (line.shown[0], line.shown[-1]) == ("Judging …", "")


def test_what_the_work_raises_reaches_who_waits() -> None:
    def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        while_it_takes(fails, "Judging", Kept())


def test_a_terminals_line_is_wiped() -> None:
    stream = io.StringIO()
    line = OnTerminal(stream)
    line.show("Judging … 10 s")
    line.show("short")
    line.clear()
    assert stream.getvalue().split("\r") == ["", "Judging … 10 s", "short         ", "     ", ""]


SLOW = """
from dockyard.display import progress
progress.PATIENCE = 0.0
import time
progress.while_it_takes(lambda: time.sleep(0.1), "Judging", progress.place())
"""


def test_below_a_cell_that_a_person_runs_progress_shows_and_leaves_nothing() -> None:
    manager, client = start_new_kernel()
    messages: list[dict[str, Any]] = []
    try:
        client.execute_interactive(SLOW, allow_stdin=True, output_hook=messages.append, timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    shown = [(one["header"]["msg_type"], one["content"].get("data")) for one in messages]
    assert ("display_data", {"text/plain": "Judging …"}) in shown
    assert [one for one in shown if one[0].endswith("display_data")][-1] == ("update_display_data", {})
    assert not [one for one in shown if one[0] == "stream"]
