"""Labs 4 and 5 in real sandboxes: solutions and other right ways pass, each mistake earns its own sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dockyard.authoring.bench import Bench, bench
from dockyard.client import Client
from dockyard.content import Lab, lab_notebook, open_course, solved_notebook, unpack
from dockyard.demo import execute, sandbox
from dockyard.grading import Report, StepReport, Verdict
from dockyard.grading.rendering import as_text

LABS = ("04-service", "05-scaling")
STEPS = [(lab, step.id) for lab in LABS for step in open_course().lab(lab).steps]
#: Cells that are right in another way, and cells that are wrong in a way that no mistake of the course names.
ALTERNATIVES = Path(__file__).with_name("alternatives")
WRONG = Path(__file__).with_name("wrong")


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Bench]]:
    course = open_course()
    first, second = (bench(course.lab(lab), tmp_path_factory.mktemp(lab)) for lab in LABS)
    with first as service, second as scaling:
        yield {"04-service": service, "05-scaling": scaling}


@pytest.mark.parametrize(("lab", "step"), STEPS, ids=["/".join(one) for one in STEPS])
def test_a_step_judges_its_solution_its_mistakes_and_other_ways(lab: str, step: str, benches: dict[str, Bench]) -> None:
    tried = benches[lab]
    assert tried.lacks == []
    tried.up_to(step)
    assert tried.attempt(step, "")[0].verdict is Verdict.NOT_YET, "as it is before the step"
    for mistake in tried.lab.step(step).mistakes:
        earns(tried, step, mistake.name, mistake.cell, mistake.earns)
    for file in sorted((WRONG / lab / step).glob("*.py")):
        sentence, _, cell = file.read_text().partition("\n")
        earns(tried, step, file.stem, cell, sentence.removeprefix("# earns: "))
    for file in sorted((ALTERNATIVES / lab / step).glob("*.py")):
        passes(tried, step, file.stem, file.read_text())
    passes(tried, step, "solution", tried.lab.step(step).solution)
    before = tried.client.state()
    tried.client.check(lab, step)
    assert tried.client.state() == before, "a check tries things in forks only"


def earns(tried: Bench, step: str, name: str, cell: str, sentence: str) -> None:
    report, _ = tried.attempt(step, cell)
    assert report.verdict is Verdict.NOT_YET, name
    assert sentence in said(report), f"{name}: {said(report)}"


def passes(tried: Bench, step: str, name: str, cell: str) -> None:
    report, error = tried.attempt(step, cell)
    assert (error, report.verdict) == ("", Verdict.PASSED), f"{name}: {error} {said(report)}"


def said(report: StepReport) -> str:
    return as_text(Report("", "", "", (report,)))


@pytest.mark.parametrize("lab_id", LABS)
def test_the_notebook_earns_nothing_as_handed_out_all_when_solved_and_tears_down(lab_id: str, tmp_path: Path) -> None:
    lab = open_course().lab(lab_id)
    with sandbox(tmp_path / "data") as variables:
        client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        assert client.open(lab_id, "opening")["lacks"] == []
        execute(lab_notebook(lab), unpack(lab, tmp_path / "given"), variables)
        assert points(client, lab) == 0
        execute(solved_notebook(lab), unpack(lab, tmp_path / "solved"), variables)
        assert points(client, lab) == 100
        torn_down = solved_notebook(lab)
        torn_down["cells"] = [one for one in torn_down["cells"] if one["id"] in TEAR_DOWN[lab_id]]
        torn_down["cells"][-1]["source"] = "".join(torn_down["cells"][-1]["source"]).replace("False", "True", 1)
        execute(torn_down, tmp_path / "solved", variables)
        assert left(client, lab_id) == []


#: The cells that the last one needs.
TEAR_DOWN = {
    "04-service": ("start", "network", "looks", "groups-found", "front-door-found", "tear-down"),
    "05-scaling": ("start", "parts", "tear-down"),
}


def points(client: Client, lab: Lab) -> int:
    report = Report.from_json(client.check(lab.id))
    assert report.points in (0, 100), as_text(report)
    return report.points


def left(client: Client, lab: str) -> list[str]:
    """What still costs or still scales after the tear-down: meters that run on, alarms, scalable targets."""
    if lab == "05-scaling":
        (region,) = client.state()["regions"].values()
        return [*region["cloudwatch"]["alarms"], *region["application-autoscaling"]["targets"]]
    before = {one["meter"]: one["dollars"] for one in client.state()["bill"]}
    client.advance(3600)
    return [one["meter"] for one in client.state()["bill"] if one["dollars"] > before[one["meter"]]]
