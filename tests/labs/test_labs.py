"""Every lab in a real sandbox: solutions and other right ways pass, mistakes and other wrong ways are told why.

Cases are folders: `alternatives/LAB/STEP/` and `wrong/LAB/STEP/` hold cells, `torn_down/LAB.py` a cell that must run
without an error when the lab has been torn down.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from dockyard.authoring.bench import Bench, workshop
from dockyard.authoring.prove import LOADS, said
from dockyard.client import Client
from dockyard.content import Lab, Step, fill, lab_notebook, open_course, solved_notebook, unpack
from dockyard.content.imports import imported
from dockyard.content.predictions import Prediction
from dockyard.demo import execute, sandbox
from dockyard.grading import Report, StepReport, Verdict
from dockyard.grading.rendering import as_text
from dockyard.grading.report import NOT_JUDGED_YET
from dockyard.warm_python import VARIABLE, warm_python

LABS = open_course().labs
STEPS = [(lab.id, step.id) for lab in LABS for step in lab.steps]
#: The tests of lab 1 that run what is not installed here.
NEEDS_AN_INDEX = tuple(
    f"{one}]" for one in ("/drift", "/cause", "/inside", "/image", "/pin", "/stop", "solutions[01-dockerize")
)
#: The tags of cells that are left alone by whoever answers predictions only.
NOT_GIVEN = ("step:", "check", "tear-down")
#: Steps whose last wrong cell is seen to fail there only: all steps before it still pass.
FAILS_ALONE = {("04-service", "drain"), ("05-scaling", "flapping")}
#: Cells that are right in another way, cells that are wrong in a way that no mistake of the course names, and proofs.
ALTERNATIVES, WRONG, TORN_DOWN = (Path(__file__).with_name(name) for name in ("alternatives", "wrong", "torn_down"))


class Benches:
    """One bench at a time, opened for a lab when its first test comes: the labs come one after the other."""

    def __init__(self, folders: pytest.TempPathFactory, python: dict[str, str]) -> None:
        self._folders = folders
        self._python = python
        self._opened = ExitStack()
        self._bench: Bench | None = None

    def of(self, lab: str) -> Bench:
        if self._bench is None or self._bench.lab.id != lab:
            self.close()
            folder = self._folders.mktemp("bench")
            variables = {**os.environ, **self._python}
            place = self._opened.enter_context(workshop(folder, "--seed", "tests", variables=variables))
            self._bench = self._opened.enter_context(place.bench(open_course().lab(lab)))
        return self._bench

    def close(self) -> None:
        self._bench = None
        self._opened.close()


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """How to find a Python that has imported what the labs need, for sandboxes and stand-ins to be forked from."""
    loads = {name for lab in LABS for name in imported(lab)}
    with warm_python(tmp_path_factory.mktemp("warm") / "python", (*LOADS, *sorted(loads))) as warm:
        yield {VARIABLE: warm.variables[VARIABLE]}


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory, python: dict[str, str]) -> Iterator[Benches]:
    made = Benches(tmp_path_factory, python)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lab 1 runs a version of scikit-learn that is not installed: its sandboxes may ask this machine's index."""
    if "01-dockerize" in request.node.name:
        monkeypatch.delenv("PIP_NO_INDEX", raising=False)
        if request.node.name.endswith(NEEDS_AN_INDEX):
            request.getfixturevalue("package_index")


@pytest.mark.parametrize("of", [lab.id for lab in LABS])
def test_predictions_answered_before_any_step_end_without_an_error(of: str, benches: Benches) -> None:
    tried = benches.of(of)
    tried.up_to(tried.lab.steps[0].id)
    cells = [cell for cell in solved_notebook(tried.lab)["cells"] if cell["cell_type"] == "code"]
    given = [one for one in cells if not any(tag.startswith(NOT_GIVEN) for tag in one["metadata"].get("tags", []))]
    ended = {one["id"]: tried.run("".join(one["source"])) for one in given}
    benches.close()  # what these cells named is not to be there for others
    assert {name: error for name, error in ended.items() if error} == {}


@pytest.mark.parametrize(("of", "step"), STEPS, ids=["/".join(one) for one in STEPS])
def test_a_step_judges_its_solution_its_mistakes_and_other_ways(of: str, step: str, benches: Benches) -> None:
    tried = benches.of(of)
    tried.up_to(step)
    lab = tried.lab
    assert tried.lacks == []
    fresh = tried.judge(step)
    assert fresh.verdict is Verdict.NOT_YET, "as it is before the step"
    tripped = failed(fresh)
    wrong = [(mistake.name, mistake.earns, mistake.cell) for mistake in lab.step(step).mistakes]
    for file in sorted((WRONG / lab.id / step).glob("*.py")):
        first, _, cell = file.read_text().partition("\n")
        wrong.append((file.stem, first.removeprefix("# earns: "), cell))
    for name, earns, cell in wrong:
        report, _ = tried.attempt(step, cell)
        assert report.verdict is Verdict.NOT_YET, name
        assert fill(earns, tried.values) in said(report), f"{name}: {said(report)}"
        tripped |= failed(report)
    if (of, step) in FAILS_ALONE:
        assert {tried.judge(one.id).verdict for one in before_it(lab, step)} == {Verdict.PASSED}
    unseen = {one.check for one in fresh.checks} - tripped
    assert not unseen, "a check that no wrong cell trips is not seen to judge"
    right = [(file.stem, file.read_text()) for file in sorted((ALTERNATIVES / lab.id / step).glob("*.py"))]
    for name, cell in right:
        report, error = tried.attempt(step, cell)
        assert (error, report.verdict) == ("", Verdict.PASSED), f"{name}: {error} {said(report)}"
    report, error = tried.solve()
    assert (error, report.verdict) == ("", Verdict.PASSED), f"solution: {error} {said(report)}"
    before = tried.client.state()
    assert tried.judge(step) == report
    assert tried.client.state() == before, "a check tries things in forks only"


@pytest.mark.parametrize("hour", [10.5, 11.8, 12.5, 23.5], ids="05-scaling/{}".format)
def test_a_schedule_is_judged_alike_at_each_hour(hour: float, benches: Benches) -> None:
    tried = benches.of("05-scaling")
    tried.up_to("schedule")
    step = tried.lab.step("schedule")
    wrong = [(one.earns, one.cell) for one in step.mistakes if one.name == "no_room_tomorrow"]
    for name in ("from_ten_on", "once_and_never_again"):
        first, _, cell = (WRONG / "05-scaling" / "schedule" / f"{name}.py").read_text().partition("\n")
        wrong.append((first.removeprefix("# earns: "), cell))
    for earns, cell in [*wrong, ("", step.solution)]:
        tried.back()
        now = datetime.fromisoformat(tried.client.clock()["now"])
        tried.client.advance((hour * 3600 - now.timestamp()) % 86400)
        assert tried.run(cell, keep=False) == ""
        report = tried.judge("schedule")
        assert (report.verdict is Verdict.PASSED) == (cell is step.solution), said(report)
        assert earns in said(report)


def before_it(lab: Lab, step: str) -> list[Step]:
    """The steps before one."""
    return list(takewhile(lambda one: one.id != step, lab.steps))


def failed(report: StepReport) -> set[str]:
    """The checks that judged, and said no."""
    return {one.check for one in report.checks if one.verdict is Verdict.NOT_YET and one.seen != NOT_JUDGED_YET}


@pytest.mark.parametrize("of", [file.stem for file in sorted(TORN_DOWN.glob("*.py"))])
def test_the_tear_down_leaves_nothing_that_costs(of: str, benches: Benches) -> None:
    tried = benches.of(of)
    tried.to_the_end()
    (cell,) = [one for one in lab_notebook(tried.lab)["cells"] if one["id"] == "tear-down"]
    source = "".join(cell["source"])
    assert "DONE = False" in source
    assert tried.run(source.replace("DONE = False", "DONE = True")) == ""
    tried.client.advance(15 * 60)
    assert tried.run((TORN_DOWN / f"{tried.lab.id}.py").read_text()) == ""


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_the_notebook_runs_to_its_end_as_handed_out_and_with_its_solutions(
    lab: Lab, tmp_path: Path, python: dict[str, str]
) -> None:
    with sandbox(tmp_path / "data", variables={**os.environ, **python}) as variables:
        client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        client.open(lab.id, "opening")
        for name, notebook, points in (("given", lab_notebook(lab), 0), ("solved", solved_notebook(lab), lab.points)):
            executed = execute(notebook, unpack(lab, tmp_path / name), variables)
            report = Report.from_json(client.check(lab.id))
            assert report.points == points, as_text(report)
            checks = [cell for cell in executed["cells"] if "check" in cell["metadata"].get("tags", [])]
            shown = [": passed" in cell["outputs"][-1]["data"]["text/plain"] for cell in checks]
            assert shown == [name == "solved"] * len(lab.steps)
            if name == "solved":
                surprises = [one.id for one in predicted(lab) if not came_out(one, printed(executed))]
                assert surprises == []


def predicted(lab: Lab) -> list[Prediction]:
    """What a learner is to predict, and then sees."""
    sources = "\n".join("".join(cell["source"]) for cell in lab_notebook(lab)["cells"])
    return [lab.prediction(one) for one in re.findall(r'lab\.predict\("([\w-]+)"', sources)]


def printed(executed: dict[str, Any]) -> str:
    """All that the cells printed, with one space between words."""
    outputs = (one for cell in executed["cells"] for one in cell.get("outputs", []))
    return " ".join("".join(one.get("text", "") for one in outputs).split())


def came_out(one: Prediction, text: str) -> bool:
    """Whether the cloud said of the right answer, which the solved notebook gives, that it came out so: of a number
    nearly so, and of minutes exactly: what counts them begins on a whole one.
    """
    if one.choices:
        said = f"You said {one.right}) {one.choices[one.right]} That is how it came out."
        return " ".join(said.split()) in text
    slack = 0.0 if one.unit == "minutes" else 0.05 * float(one.right)
    came = re.findall(rf"You said {re.escape(one.right)}; it was (\S+) {re.escape(one.unit)}\.", text)
    return bool(came) and all(abs(float(number) - float(one.right)) <= slack for number in came)
