"""The worked example's account as a learner sees it: in a real notebook, and the same in the terminal."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from display.shown_picture import HTML, SVG, drawn_in
from running import COMMAND, Running, running

from dockyard.content import open_course, solved_notebook, unpack
from dockyard.demo import execute
from dockyard.display.chart import MIME
from dockyard.display.outline import NOTHING
from dockyard.display.table import NO_SERVICE

LOOKS = {
    "verdict": 'lab.check("service")',
    "watch": 'lab.traffic("credit-front", 180)\nlab.watch(600)',
    "chart": "lab.chart(30)",
    "picture": "lab.picture()",
    "place": "from dockyard.display.progress import place\ntype(place()).__name__",
}


@dataclass
class Seen:
    """A sandbox with the solved worked example, and the outputs of each look at it."""

    up: Running
    outputs: dict[str, list[Any]]

    def data(self, look: str) -> dict[str, Any]:
        """What the cell's value is shown as."""
        (result,) = [one for one in self.outputs[look] if one.output_type == "execute_result"]
        return dict(result.data)

    def printed(self, look: str) -> str:
        """What the cell printed."""
        return "".join(one.text for one in self.outputs[look] if one.output_type == "stream")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder, lab = tmp_path_factory.mktemp("looks"), open_course().labs[0]
    notebook = solved_notebook(lab)
    cells = [
        {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for name, source in LOOKS.items()
    ]
    notebook["cells"] = [one for one in notebook["cells"] if one["cell_type"] == "code"] + cells
    with running(folder / "data", "--seed", "looks", "--start", "2026-01-05T08:00:00Z") as up:
        executed = execute(notebook, unpack(lab, folder / "lab"), up.environment)
        found = {cell["id"]: cell["outputs"] for cell in executed["cells"]}
        yield Seen(up, {name: found[name] for name in LOOKS})


def verb(up: Running, *words: str) -> str:
    """What a verb prints in a terminal with the sandbox's environment."""
    done = subprocess.run([*COMMAND, *words], env=up.environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def test_a_cell_of_ours_shows_its_value_and_leaves_no_junk(seen: Seen) -> None:
    for look, outputs in seen.outputs.items():
        kinds = {(one.output_type, one.get("name", "")) for one in outputs}
        assert kinds == {("stream", "stdout") if look == "watch" else ("execute_result", "")}, look
    assert seen.data("place")["text/plain"] == "'Nowhere'"  # nbclient: nobody looks at progress


def test_a_verdict_reads_without_colour_and_is_whole_html(seen: Seen) -> None:
    shown = seen.data("verdict")
    page = ElementTree.fromstring(shown["text/html"])
    (section,) = page.iter("section")
    assert section.get("aria-label") == "4 Service: passed"
    assert "✓ passed" in "".join(page.itertext())
    assert "4 Service: passed (20 of 20)" in shown["text/plain"]


def test_watching_tells_load_alarm_and_scaling_with_simulated_time(seen: Seen) -> None:
    told = seen.printed("watch")
    lines = told.splitlines()
    order = ("credit-cpu-high went from OK to ALARM", "the desired count of", "has started", " run", "became healthy")
    places = [told.index(one) for one in order]
    assert places == sorted(places)
    assert "← Average of CPUUtilization" in told
    assert lines[-1].endswith("Watched until here, simulated time.")
    times = [line[:8] for line in lines if line[:1] != " "]
    assert times == sorted(times)
    assert "arn:aws" not in told


def test_a_chart_is_vega_lite_with_its_numbers_and_a_table(seen: Seen) -> None:
    shown = seen.data("chart")
    drawn = shown[MIME]
    assert "/vega-lite/v5" in drawn["$schema"]  # the version that JupyterLab 4 brings: nothing is fetched
    load, cpu, tasks, alarms = drawn["vconcat"]

    def values(strip: dict[str, Any]) -> list[dict[str, Any]]:
        return list(drawn["datasets"][strip["data"]["name"]])

    assert max(one["value"] for one in values(load)) == pytest.approx(180)
    assert max(one["value"] for one in values(cpu)) == pytest.approx(100)
    running_at_last = [one for one in values(tasks) if one["count"] == "running"][-1]["tasks"]
    assert running_at_last > 2
    assert ("credit-cpu-high", "ALARM") in {(one["alarm"], one["state"]) for one in values(alarms)}
    table = shown["text/plain"]
    assert "credit-cpu-high: Average of CPUUtilization > 70, 2 of 2 times 60 s" in table
    assert f"{running_at_last:7}  " in table.splitlines()[-3]
    assert verb(seen.up, "chart", "30").strip() == table


def test_a_picture_shows_how_everything_hangs_together(seen: Seen) -> None:
    shown = seen.data("picture")
    figure = ElementTree.fromstring(shown["text/html"])
    (picture,) = figure.iter("img")
    assert str(picture.get("alt")).startswith("Account ")
    named = {one.get("id"): "".join(one.itertext()) for one in figure.iter() if one.get("id")}
    assert named[picture.get("aria-describedby")] == shown["text/plain"]
    svg = drawn_in(figure)
    words = {"".join(one.itertext()) for one in svg.iter(f"{HTML}div")}
    assert {"credit-api", "credit-api:1", "credit-tasks", "credit-front", "credit-cpu-high", "us-east-1a:"} <= words
    arrows = [one for one in svg.iter(f"{SVG}path") if "marker-end" in one.attrib]
    assert len(arrows) == 6  # image, roll-out, targets, listener, and two alarms
    assert verb(seen.up, "picture").strip() == shown["text/plain"]


def test_the_terminal_watches_too(seen: Seen) -> None:
    assert verb(seen.up, "watch", "60").splitlines()[-1].endswith("Watched until here, simulated time.")


def test_an_empty_account_is_a_friendly_sentence(tmp_path: Path) -> None:
    with running(tmp_path) as up:
        assert verb(up, "picture").strip() == NOTHING
        assert verb(up, "chart").strip() == NO_SERVICE
        assert up.control("GET", "state")[1]["regions"] == {}  # to look is not to touch


def test_what_is_no_number_is_refused_with_a_sentence(seen: Seen) -> None:
    for path in ("events?after=-1", "events?after=x", "timeline?minutes=0", "timeline?minutes=99999", "events?after=²"):
        status, told = seen.up.control("GET", path.replace("²", "%C2%B2"))
        assert status == 400, path
        assert "must be a whole number" in told["message"]
    assert seen.up.control("GET", "picture", token="wrong")[0] == 401


def test_events_are_numbered_and_asked_for_from_a_number_on(seen: Seen) -> None:
    _, told = seen.up.control("GET", "events")
    numbers = [one["number"] for one in told["events"]]
    assert numbers == sorted(numbers)
    assert numbers[-1] <= told["latest"]
    half = numbers[len(numbers) // 2]
    _, rest = seen.up.control("GET", f"events?after={half}")
    assert [one["number"] for one in rest["events"]] == [one for one in numbers if one > half]
