"""The course through the door: a lab opened from its opening state, hints that read the state, predictions kept."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import COMMAND, Running, running

from dockyard.content import open_course
from dockyard.notebook import Door, Said
from dockyard.sentences import opened, what_it_lacks

LAB = "00-worked-example"


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path / "data") as started:
        for name in ("AWS_ENDPOINT_URL", "DOCKYARD_TOKEN"):
            monkeypatch.setenv(name, started.variables[name])
        yield started


def test_hints_climb_and_speak_of_what_is_there_now(sandbox: Running, capsys: pytest.CaptureFixture[str]) -> None:
    door = Door().open(LAB)
    for asked, rung in enumerate((1, 2, 3, 3), 1):
        door.hint("push")
        assert f"Hint {rung} of 3: " in (said := capsys.readouterr().out)
        assert said.startswith("Now: Your Docker engine holds no image to push.")
        assert ("There is no further hint" in said) == (asked == 4)
    with pytest.raises(Said, match=r"has no step 'pull'. Known: dockerize, push"):
        door.hint("pull")
    lines = sandbox.control("GET", "journal")[1]["lines"]
    assert [line["rung"] for line in lines if line.get("about") == "hint"] == [1, 2, 3, 3]


def test_a_learners_values_are_told_and_are_those_the_checks_judge_by(sandbox: Running) -> None:
    account = sandbox.client("sts").get_caller_identity()["Account"]
    told = {one["lab"]: one["values"] for one in sandbox.control("GET", "labs")[1]["labs"]}
    assert told == {lab.id: lab.values(account) for lab in open_course().labs}


@pytest.mark.usefixtures("sandbox")
def test_an_unknown_lab_or_way_to_open_it_is_a_sentence() -> None:
    with pytest.raises(Said, match=r"There is no lab '07-pears'. Known: 00-worked-example"):
        Door().open("07-pears")
    with pytest.raises(Said, match=r"A lab cannot be opened from 'thin air'. Say mine, opening or kept."):
        Door(LAB).start("thin air")
    with pytest.raises(Said, match=r"has no prediction 'pears'"):
        Door(LAB).predict("pears", 3)


@pytest.mark.usefixtures("sandbox")
def test_a_question_on_what_was_before_says_what_is_right_whatever_was_answered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    door = Door("05-scaling")
    door.recall("recall-desired")
    assert "  b) runningCount falls to 1\n" in capsys.readouterr().out
    door.recall("recall-desired", "a")
    assert "Right is b) runningCount falls to 1\ndesiredCount is what you want" in capsys.readouterr().out
    door.recall("recall-desired", "b")
    said = capsys.readouterr().out
    assert "You said b) runningCount falls to 1\nThat is right.\n" in said
    assert "Now see" not in said
    Door("03-task-definition").recall("nightly", 1)
    assert "You said 1; right is 0.25 dollars." in capsys.readouterr().out
    Door("03-task-definition").recall("nightly", 0.247)
    assert "You said 0.247 dollars: that is right." in capsys.readouterr().out


@pytest.mark.usefixtures("sandbox")
def test_no_line_is_so_long_that_a_notebook_breaks_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    Door("03-task-definition").recall("recall-tag")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 88
    values = Door("03-task-definition").start()
    assert f"name        {values['name']}" in repr(values)


def test_a_lab_that_lets_days_pass_is_played_at_once_on_a_live_clock_too(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--clock", "live") as started:
        opened = started.control("POST", "labs/03-task-definition/open", {"from": "opening"})
        assert (opened[0], opened[1].get("lacks")) == (200, [])
        assert started.control("GET", "clock")[1]["mode"] == "live"


def test_an_opening_state_has_settled(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--clock", "live") as started:
        assert started.control("POST", "labs/05-scaling/open", {"from": "opening"})[0] == 200
        balancing = started.client("elbv2")
        (group,) = balancing.describe_target_groups()["TargetGroups"]
        targets = balancing.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
        assert [one["TargetHealth"]["State"] for one in targets] == ["healthy", "healthy"]


def test_a_lab_is_played_once_for_all_the_openings_that_build_on_it(sandbox: Running) -> None:
    def opening(lab: str) -> str:
        assert sandbox.control("POST", f"labs/{lab}/open", {"from": "opening"})[1]["lacks"] == []
        return json.dumps(sandbox.control("GET", "state")[1], sort_keys=True)

    first = opening("03-task-definition")
    sandbox.client("ecr").create_repository(repositoryName="of-my-own")
    assert opening("03-task-definition") == first
    opening("02-registry")
    opening("04-service")
    lines = sandbox.control("GET", "journal")[1]["lines"]
    made = [one["request"]["repositoryName"] for one in lines if one.get("operation") == "CreateRepository"]
    assert "of-my-own" in made
    assert len(made) == len(set(made)) > 1


def test_the_cloud_put_aside_for_an_opening_state_comes_back(sandbox: Running) -> None:
    assert sandbox.control("POST", "labs/02-registry/open", {"from": "kept"})[0] == 404
    ecr = sandbox.client("ecr")
    ecr.create_repository(repositoryName="my-own-work")
    assert sandbox.control("POST", "labs/02-registry/open", {"from": "opening"})[0] == 200
    assert ecr.describe_repositories()["repositories"] == []
    assert sandbox.control("POST", "labs/02-registry/open", {"from": "kept"})[0] == 200
    assert [one["repositoryName"] for one in ecr.describe_repositories()["repositories"]] == ["my-own-work"]


def test_no_opening_state_takes_the_place_of_what_the_learner_made(sandbox: Running) -> None:
    def opened_as(lab: str, how: str) -> str:
        status, told = sandbox.control("POST", f"labs/{lab}/open", {"from": how})
        assert status == 200, told
        return str(told["worked_on"])

    def repositories() -> list[str]:
        return [one["repositoryName"] for one in ecr.describe_repositories()["repositories"]]

    ecr = sandbox.client("ecr")
    ecr.create_repository(repositoryName="my-own-work")
    assert opened_as("02-registry", "opening") == ""
    sandbox.control("POST", "clock/advance", {"seconds": 60})
    assert opened_as("02-registry", "opening") == ""  # nothing was done in the first: there is nothing to keep
    ecr.create_repository(repositoryName="in-the-opening")
    worked_on = opened_as("01-dockerize", "opening")
    assert worked_on == "worked on before 01-dockerize"
    ecr.create_repository(repositoryName="in-the-third")
    assert opened_as("01-dockerize", "opening") == "worked on before 01-dockerize (2)"
    assert opened_as("01-dockerize", "kept") == ""
    assert repositories() == ["my-own-work"]
    ecr.create_repository(repositoryName="and-more")
    assert opened_as("02-registry", "opening") == ""
    assert opened_as("02-registry", "kept") == ""
    assert repositories() == ["and-more", "my-own-work"]
    assert sandbox.control("POST", f"snapshots/{worked_on.replace(' ', '%20')}/restore")[0] == 200
    assert repositories() == ["in-the-opening"]


def test_one_goes_back_only_to_steps_of_the_cloud_there_is(sandbox: Running) -> None:
    def open_as(lab: str, how: str) -> int:
        return sandbox.control("POST", f"labs/{lab}/open", {"from": how})[0]

    def back_to_first(lab: str) -> tuple[int, str]:
        status, told = sandbox.control("POST", "back", {"lab": lab, "step": open_course().lab(lab).steps[0].id})
        return status, told.get("next_step", "")

    assert open_as("01-dockerize", "mine") == 200
    assert open_as("02-registry", "opening") == 200  # which plays lab 01: the steps of that are nobody's
    status, cure = back_to_first("01-dockerize")
    assert (status, cure.partition(".")[0]) == (404, "There is no step of 01-dockerize to go back to yet")
    assert "`dockyard start 02-registry --from kept`" in cure
    assert back_to_first("02-registry")[0] == 200
    assert steps_passed(sandbox) == 0
    ended = subprocess.run(
        [*COMMAND, "start", "02-registry", "--from", "kept"],
        env=sandbox.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "the cloud that you had before the opening state is back." in ended.stdout
    assert "lacks what this lab builds on:\n  · " in ended.stdout
    assert back_to_first("01-dockerize")[0] == 200


def steps_passed(sandbox: Running) -> int:
    labs = sandbox.control("GET", "progress")[1]["labs"]
    return sum(step["verdict"] == "passed" for lab in labs for step in lab["steps"])


def test_an_opening_that_fails_gives_the_learners_cloud_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = tmp_path / "hidden" / "sklearn"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'sklearn'\")\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hidden.parent), os.environ.get("PYTHONPATH", "")]))
    with running(tmp_path / "data") as started:
        ecr = started.client("ecr")
        ecr.create_repository(repositoryName="my-own-work")
        status, told = started.control("POST", "labs/02-registry/open", {"from": "opening"})
        assert (status, "pip install 'dockyard[lab]'" in str(told)) == (404, True)
        assert [one["repositoryName"] for one in ecr.describe_repositories()["repositories"]] == ["my-own-work"]


def test_an_opening_state_that_lacks_something_is_not_said_to_be_there() -> None:
    told = {"title": "Registry", "from": "opening", "lacks": ["There is no image churn-api:1."], "worked_on": ""}
    assert opened(told) == "Registry: its opening state could not be made whole."
    assert what_it_lacks(told, "begin", "back") == [
        "The opening state lacks what this lab builds on:",
        "  · There is no image churn-api:1.",
        "Read what `dockyard up` printed, put that right and start once more; back brings your cloud back.",
    ]
    there = "Registry: your cloud is in the lab's opening state."
    assert opened({**told, "lacks": []}) == there
    assert (
        opened({**told, "lacks": [], "worked_on": "x"})
        == f"{there} What you made of the one before is the snapshot 'x'."
    )
    assert what_it_lacks({**told, "from": "mine"}, "begin", "back")[-1].startswith(
        "Begin from the opening state with begin"
    )
