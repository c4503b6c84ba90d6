"""The worked example in a real sandbox: solutions earn full marks, mistakes their sentence, other right ways pass."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from dockyard.authoring.bench import Bench, bench
from dockyard.client import Client
from dockyard.content import Lab, lab_notebook, open_course, solved_notebook, unpack
from dockyard.demo import execute, sandbox
from dockyard.grading import Report, StepReport, Verdict
from dockyard.grading.rendering import as_text

LAB = "00-worked-example"
#: Cells that are right in another way, and cells that are wrong in a way that no mistake of the course names.
ALTERNATIVES = Path(__file__).with_name("alternatives")
WRONG = Path(__file__).with_name("wrong")

NOTHING_LEFT = """
assert not ecs.list_tasks(cluster="credit")["taskArns"]
assert not boto3.client("elbv2").describe_load_balancers()["LoadBalancers"]
assert not boto3.client("elbv2").describe_target_groups()["TargetGroups"]
assert not boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]
assert not boto3.client("ecr").describe_repositories()["repositories"]
"""


@pytest.fixture(scope="module")
def lab() -> Lab:
    return open_course().lab(LAB)


@pytest.fixture(scope="module")
def tried(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(lab, tmp_path_factory.mktemp("bench")) as made:
        yield made


STEPS = [step.id for step in open_course().lab(LAB).steps]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_judges_its_solution_its_mistakes_and_other_right_ways(step: str, lab: Lab, tried: Bench) -> None:
    tried.up_to(step)
    for mistake in lab.step(step).mistakes:
        report, _ = tried.attempt(step, mistake.cell)
        assert report.verdict is Verdict.NOT_YET, mistake.name
        assert mistake.earns in said(report), f"{mistake.name}: {said(report)}"
    for file in sorted((WRONG / step).glob("*.py")):
        earns, _, cell = file.read_text().partition("\n")
        report, _ = tried.attempt(step, cell)
        assert report.verdict is Verdict.NOT_YET, file.stem
        assert earns.removeprefix("# earns: ") in said(report), f"{file.stem}: {said(report)}"
    for file in sorted((ALTERNATIVES / step).glob("*.py")):
        report, error = tried.attempt(step, file.read_text())
        assert (error, report.verdict) == ("", Verdict.PASSED), f"{file.stem}: {error} {said(report)}"
    report, error = tried.attempt(step, lab.step(step).solution)
    assert (error, report.verdict) == ("", Verdict.PASSED), f"{error} {said(report)}"
    before = tried.client.state()
    tried.client.check(LAB, step)
    assert tried.client.state() == before, "a check tries things in forks only"


def test_the_tear_down_leaves_nothing_that_costs(lab: Lab, tried: Bench) -> None:
    tried.up_to("scaling")
    tried.attempt("scaling", lab.step("scaling").solution)
    (cell,) = [one for one in lab_notebook(lab)["cells"] if one["id"] == "tear-down"]
    source = "".join(cell["source"])
    assert "DONE = False" in source
    assert tried.run(source.replace("DONE = False", "DONE = True"), keep=False) == ""
    tried.client.advance(15 * 60)
    assert tried.run(NOTHING_LEFT) == ""


def said(report: StepReport) -> str:
    return as_text(Report(LAB, "", "", (report,)))


@pytest.mark.parametrize(("solved", "points"), [(True, 100), (False, 0)], ids=["with its solutions", "as handed out"])
def test_the_notebook_runs_to_its_end(solved: bool, points: int, lab: Lab, tmp_path: Path) -> None:
    notebook = solved_notebook(lab) if solved else lab_notebook(lab)
    with sandbox(tmp_path / "data") as variables:
        executed = execute(notebook, unpack(lab, tmp_path / "work"), variables)
        report = Report.from_json(Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"]).check(LAB))
    assert report.points == points, as_text(report)
    assert {step.verdict for step in report.steps} == {Verdict.PASSED if solved else Verdict.NOT_YET}
    shown = [cell["outputs"][-1]["data"]["text/plain"] for cell in executed["cells"] if "check" in tags(cell)]
    assert len(shown) == len(lab.steps)
    assert all((": passed" in text) == solved for text in shown)


def test_started_without_a_sandbox_the_notebook_stops_at_a_sentence(lab: Lab, tmp_path: Path) -> None:
    notebook = nbformat.read(lab.notebook, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id == "start"]
    strange = ("AWS_", "DOCKYARD_")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError):
        client.execute(env=variables)
    (output,) = notebook.cells[0].outputs
    (line,) = output.traceback
    assert line.startswith("No Dockyard sandbox is set up here. Start one in a terminal: dockyard up.")


def tags(cell: dict[str, dict[str, list[str]]]) -> list[str]:
    return cell["metadata"].get("tags", [])
