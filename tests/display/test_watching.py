"""Watching a clock that runs by itself, and an account that goes back; a stand-in answers as a sandbox would."""

from __future__ import annotations

from typing import Any, cast

from dockyard.client import Client
from dockyard.watch import Watch, passed


class Live:
    """A live clock that runs twenty seconds while somebody waits, however long that wants to; nobody may move it."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.seconds = 0
        self.answers = list(answers)

    def clock(self) -> dict[str, Any]:
        return {
            "now": f"2026-01-05T08:{self.seconds // 60:02}:{self.seconds % 60:02}.000Z",
            "mode": "live",
            "speed": 20,
        }

    def wait(self, seconds: float) -> dict[str, Any]:
        assert seconds > 0
        self.seconds += 20
        return self.clock()

    def events(self, after: int = 0) -> dict[str, Any]:
        return self.answers.pop(0) if self.answers else {"events": [], "latest": after}


def test_a_live_clock_is_watched_and_never_moved() -> None:
    assert passed(cast(Client, Live()), 60) == "2026-01-05T08:01:00.000Z"
    said = [{"number": 8, "at": "2026-01-05T08:00:10.000Z", "what": "task a runs", "because": ""}]
    live = Live({"events": [], "latest": 7}, {"events": said, "latest": 8})
    assert list(Watch(cast(Client, live)).lines(60)) == [
        "08:00:10  task a runs",
        "08:01:00  Watched until here, simulated time.",
    ]


def test_an_account_that_goes_back_is_told_and_watched_on() -> None:
    said = [{"number": 3, "at": "2026-01-05T08:00:40.000Z", "what": "task b runs", "because": ""}]
    live = Live({"events": [], "latest": 7}, {"events": [], "latest": 2}, {"events": said, "latest": 3})
    told = list(Watch(cast(Client, live)).lines(40))
    assert told[0].endswith("The account went back to an earlier moment.")
    assert told[1] == "08:00:40  task b runs"
