"""Lab 3 in a real sandbox: its mistakes earn their sentence, other right ways pass, other wrong ones are told why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dockyard.authoring.bench import Bench, bench
from dockyard.authoring.prove import said
from dockyard.client import Client
from dockyard.content import Lab, fill, lab_notebook, open_course, solved_notebook, unpack
from dockyard.demo import execute, sandbox
from dockyard.grading import Report, Verdict
from dockyard.grading.rendering import as_text

LAB = "03-task-definition"
#: Cells that are right in another way, and cells that are wrong in a way that no mistake of the course names.
ALTERNATIVES = Path(__file__).with_name("alternatives") / LAB
WRONG = Path(__file__).with_name("wrong") / LAB
STEPS = [step.id for step in open_course().lab(LAB).steps]


@pytest.fixture(scope="module")
def lab() -> Lab:
    return open_course().lab(LAB)


@pytest.fixture(scope="module")
def tried(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(lab, tmp_path_factory.mktemp("bench"), "--seed", "lab 3") as made:
        assert made.lacks == []
        yield made


@pytest.mark.parametrize("step", STEPS)
def test_a_step_judges_its_solution_its_mistakes_and_other_ways(step: str, lab: Lab, tried: Bench) -> None:
    tried.up_to(step)
    wrong = [(mistake.name, mistake.earns, mistake.cell) for mistake in lab.step(step).mistakes]
    for file in sorted((WRONG / step).glob("*.py")):
        first, _, cell = file.read_text().partition("\n")
        wrong.append((file.stem, first.removeprefix("# earns: "), cell))
    for name, earns, cell in wrong:
        report, _ = tried.attempt(step, cell)
        assert report.verdict is Verdict.NOT_YET, name
        assert fill(earns, tried.values) in said(report), f"{name}: {said(report)}"
    right = [file.read_text() for file in sorted((ALTERNATIVES / step).glob("*.py"))]
    for cell in (*right, lab.step(step).solution):
        report, error = tried.attempt(step, cell)
        assert (error, report.verdict) == ("", Verdict.PASSED), f"{cell}: {error} {said(report)}"
    before = tried.client.state()
    assert tried.judge(step) == report
    assert tried.client.state() == before, "a check tries things in forks only"


def test_the_tear_down_leaves_nothing_of_the_lab(lab: Lab, tried: Bench) -> None:
    tried.up_to(STEPS[-1])
    tried.attempt(STEPS[-1], lab.step(STEPS[-1]).solution)
    (cell,) = [one for one in lab_notebook(lab)["cells"] if one["id"] == "tear-down"]
    source = "".join(cell["source"])
    assert "DONE = False" in source
    assert tried.run(source.replace("DONE = False", "DONE = True"), keep=False) == ""
    assert tried.run("assert not ecs.list_task_definition_families(status='ACTIVE')['families']") == ""
    assert tried.run("assert not ecs.list_clusters()['clusterArns']") == ""
    assert (
        tried.run(
            "assert not [one for one in iam.list_roles()['Roles'] if one['RoleName'].endswith(('-execution', '-task'))]"
        )
        == ""
    )


@pytest.mark.parametrize(("solved", "points"), [(True, 100), (False, 0)], ids=["with its solutions", "as handed out"])
def test_the_notebook_runs_to_its_end(solved: bool, points: int, lab: Lab, tmp_path: Path) -> None:
    notebook = solved_notebook(lab) if solved else lab_notebook(lab)
    with sandbox(tmp_path / "data") as variables:
        client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        client.open(LAB, "opening")
        executed = execute(notebook, unpack(lab, tmp_path / "work"), variables)
        report = Report.from_json(client.check(LAB))
    assert report.points == points, as_text(report)
    checks = [cell for cell in executed["cells"] if "check" in cell["metadata"].get("tags", [])]
    assert [": passed" in cell["outputs"][-1]["data"]["text/plain"] for cell in checks] == [solved] * len(lab.steps)
