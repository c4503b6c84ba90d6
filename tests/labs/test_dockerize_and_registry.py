"""Labs 1 and 2 in real sandboxes: mistakes earn their sentence, other right ways pass, other wrong ones learn why."""

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

LABS = [open_course().lab(one) for one in ("01-dockerize", "02-registry")]
STEPS = [(lab.id, step.id) for lab in LABS for step in lab.steps]
#: Cells that are right in another way, and cells that are wrong in a way that no mistake of the course names.
ALTERNATIVES = Path(__file__).with_name("alternatives")
WRONG = Path(__file__).with_name("wrong")


@pytest.fixture(scope="module")
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(open_course().lab(request.param), tmp_path_factory.mktemp("bench"), "--seed", "labs 1 and 2") as made:
        assert made.lacks == []
        yield made


@pytest.mark.parametrize(("tried", "step"), STEPS, indirect=["tried"])
def test_a_step_judges_its_solution_its_mistakes_and_other_ways(step: str, tried: Bench) -> None:
    tried.up_to(step)
    lab = tried.lab
    wrong = [(mistake.name, mistake.earns, mistake.cell) for mistake in lab.step(step).mistakes]
    for file in sorted((WRONG / lab.id / step).glob("*.py")):
        first, _, cell = file.read_text().partition("\n")
        wrong.append((file.stem, first.removeprefix("# earns: "), cell))
    for name, earns, cell in wrong:
        report, _ = tried.attempt(step, cell)
        assert report.verdict is Verdict.NOT_YET, name
        assert fill(earns, tried.values) in said(report), f"{name}: {said(report)}"
    right = [file.read_text() for file in sorted((ALTERNATIVES / lab.id / step).glob("*.py"))]
    for cell in (*right, lab.step(step).solution):
        report, error = tried.attempt(step, cell)
        assert (error, report.verdict) == ("", Verdict.PASSED), f"{cell}: {error} {said(report)}"
    before = tried.client.state()
    assert tried.judge(step) == report
    assert tried.client.state() == before, "a check tries things in forks only"


@pytest.mark.parametrize("tried", ["02-registry"], indirect=True)
def test_the_tear_down_leaves_nothing_of_the_lab(tried: Bench) -> None:
    last = tried.lab.steps[-1]
    tried.up_to(last.id)
    tried.attempt(last.id, last.solution)
    (cell,) = [one for one in lab_notebook(tried.lab)["cells"] if one["id"] == "tear-down"]
    source = "".join(cell["source"])
    assert "DONE = False" in source
    assert tried.run(source.replace("DONE = False", "DONE = True"), keep=False) == ""
    assert tried.run("assert not ecr.describe_repositories()['repositories']") == ""
    assert tried.run("assert values['name'] not in str(iam.list_roles()['Roles'])") == ""


@pytest.mark.parametrize(("solved", "points"), [(True, 100), (False, 0)], ids=["with its solutions", "as handed out"])
@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_the_notebook_runs_to_its_end(solved: bool, points: int, lab: Lab, tmp_path: Path) -> None:
    notebook = solved_notebook(lab) if solved else lab_notebook(lab)
    with sandbox(tmp_path / "data") as variables:
        client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        client.open(lab.id, "opening")
        executed = execute(notebook, unpack(lab, tmp_path / "work"), variables)
        report = Report.from_json(client.check(lab.id))
    assert report.points == points, as_text(report)
    checks = [cell for cell in executed["cells"] if "check" in cell["metadata"].get("tags", [])]
    assert [": passed" in cell["outputs"][-1]["data"]["text/plain"] for cell in checks] == [solved] * len(lab.steps)
