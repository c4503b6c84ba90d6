"""Going back: a passed check keeps the account, images too, as it was before the next step; a reset forgets all."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from host.direct import Direct, open_learner
from running import COMMAND, Running, running

from dockyard.authoring.bench import Bench, workshop
from dockyard.containers.references import Reference
from dockyard.content import open_course
from dockyard.errors import ContentError
from dockyard.notebook import Door, Said
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.marks import after, mark_of

LAB = "00-worked-example"


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Direct]:
    direct = Direct(open_learner(tmp_path))
    yield direct
    direct.learner.close()


def tagged(learner: Learner, name: str) -> None:
    """An image of that name in the engine; nobody looks inside."""
    learner.images.add(f"sha256:{name}", "sha256:manifest")
    learner.images.tag(f"sha256:{name}", Reference.parse(name))


def test_a_mark_holds_cloud_and_images_and_is_made_once(learner: Direct) -> None:
    account, ecs = learner.learner, learner.client("ecs")
    tagged(account, "one")
    account.mark("lab", "b")
    ecs.create_cluster(clusterName="later")
    tagged(account, "two")
    lines = account.journal.lines
    account.mark("lab", "b")
    assert account.journal.lines == lines
    account.restore(mark_of("lab", "b"))
    assert ecs.list_clusters()["clusterArns"] == []
    assert (list(account.images.tags), list(account.images.images)) == (["one:latest"], ["sha256:one"])


def test_an_image_that_was_removed_comes_back(learner: Direct) -> None:
    tagged(learner.learner, "one")
    learner.learner.mark("lab", "b")
    learner.learner.images.remove("sha256:one")
    learner.learner.restore(mark_of("lab", "b"))
    assert learner.learner.images.find("one") is not None


def test_a_return_forgets_what_was_marked_since_and_later_steps(learner: Direct) -> None:
    account, lab = learner.learner, open_course().lab(LAB)
    second, third, fourth = (step.id for step in lab.steps[1:4])
    account.mark(LAB, fourth)
    account.snapshot("own")
    account.mark(LAB, second)
    account.mark(LAB, third)
    account.mark("another", "step")
    assert after(lab, second, account.snapshots) == [
        mark_of(LAB, fourth), mark_of(LAB, third), mark_of("another", "step"),
    ]  # fmt: skip
    account.restore(mark_of(LAB, second), after(lab, second, account.snapshots))
    assert list(account.snapshots) == ["own", mark_of(LAB, second)]


def test_a_reset_forgets_images_and_marks_and_keeps_what_the_learner_named(learner: Direct) -> None:
    account = learner.learner
    tagged(account, "one")
    account.mark("lab", "b")
    account.snapshot("own")
    account.reset()
    assert (account.images.tags, list(account.snapshots)) == ({}, ["own"])
    account.restore("own")
    assert list(account.images.tags) == ["one:latest"]


@pytest.mark.parametrize("saved", [True, False], ids=["from a snapshot", "by replay"])
def test_to_a_cloud_of_an_own_name_belong_the_marks_of_then(tmp_path: Path, learner: Direct, saved: bool) -> None:
    account = learner.learner
    account.mark("lab", "a")
    account.snapshot("own")
    account.reset()
    account.mark("lab", "b")
    account.restore("own")
    assert list(account.snapshots) == ["own", mark_of("lab", "a")]
    if saved:
        account.save()
    again = open_learner(tmp_path)
    assert list(again.snapshots) == ["own", mark_of("lab", "a")]
    again.restore(mark_of("lab", "a"))
    again.close()


def test_a_return_stays_at_the_port_of_today(learner: Direct) -> None:
    learner.learner.mark("lab", "b")
    learner.learner.serve_at(4999)
    learner.learner.restore(mark_of("lab", "b"))
    assert learner.learner.world.account.registry == "127.0.0.1:4999"
    learner.learner.reset()
    assert learner.learner.world.account.registry == "127.0.0.1:4999"


@pytest.mark.parametrize("saved", [True, False], ids=["from a snapshot", "by replay"])
def test_a_kill_between_a_return_and_its_tags_is_made_good(tmp_path: Path, learner: Direct, saved: bool) -> None:
    account = learner.learner
    tagged(account, "one")
    account.mark("lab", "b")
    tagged(account, "two")
    table = (tmp_path / "images.json").read_bytes()
    account.restore(mark_of("lab", "b"))
    (tmp_path / "images.json").write_bytes(table)  # as if the kill had come before it was written
    if saved:
        account.save()
    again = open_learner(tmp_path)
    assert list(again.images.tags) == ["one:latest"]
    tagged(again, "three")
    again.close()
    once_more = open_learner(tmp_path)
    assert list(once_more.images.tags) == ["one:latest", "three:latest"]
    assert list(once_more.snapshots) == [mark_of("lab", "b")]
    once_more.close()


def test_a_new_account_in_an_old_folder_has_no_images(tmp_path: Path, learner: Direct) -> None:
    tagged(learner.learner, "one")
    (tmp_path / "journal.jsonl").unlink()
    another = open_learner(tmp_path, "another")
    assert another.images.tags == {}
    another.close()


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with workshop(tmp_path_factory.mktemp("bench")) as place, place.bench(open_course().lab(LAB)) as made:
        yield made


def test_a_passed_check_lets_one_go_back(tried: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (step.id for step in tried.lab.steps[:3])
    tried.up_to(second)
    with pytest.raises(ContentError, match=rf"not come to step {second} .*You can go back to: {first}\."):
        tried.client.back(LAB, second)
    tried.client.check(LAB, first)
    before = tried.client.state()
    assert tried.run(tried.lab.step(second).solution) == ""
    tried.client.check(LAB)  # the whole lab: its first steps are passed, and the third comes next
    for name, value in (("AWS_ENDPOINT_URL", tried.client.endpoint), ("DOCKYARD_TOKEN", tried.client.token)):
        monkeypatch.setenv(name, value)
    assert f"back before step {second}" in Door(LAB).back(second)
    assert tried.client.state() == before
    with pytest.raises(ContentError, match=rf"You can go back to: {first}, {second}\."):
        tried.client.back(LAB, third)
    with pytest.raises(ContentError, match="has no step 'nothing'"):
        tried.client.back(LAB, "nothing")
    assert "nothing in it" in Door(LAB).reset()
    assert tried.client.state()["regions"] == {}
    with pytest.raises(ContentError, match="no step of"):
        tried.client.back(LAB, second)
    with pytest.raises(Said, match=f"from before lab {LAB} was not kept"):
        Door(LAB).back(first)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("up") / "data") as up:
        yield up


def said(sandbox: Running, *words: str) -> Any:
    """What a verb prints: (exit code, output, errors)."""
    ended = subprocess.run([*COMMAND, *words], env=sandbox.environment, capture_output=True, text=True, timeout=30)
    return ended.returncode, ended.stdout, ended.stderr


def test_the_verbs_at_the_command_line(sandbox: Running) -> None:
    ecs, elbv2, ec2 = (sandbox.client(name) for name in ("ecs", "elbv2", "ec2"))
    ecs.create_cluster(clusterName="c")
    sandbox.client("ecr").create_repository(repositoryName="credit")
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
    elbv2.create_load_balancer(Name="lb", Subnets=subnets)
    sandbox.control("POST", "clock/advance", {"seconds": 7200})
    code, told, _ = said(sandbox, "status")
    assert code == 0
    assert f"at http://127.0.0.1:{sandbox.port}" in told
    assert "There is: 1 cluster, 0 services, 0 tasks running, 1 load balancer, 1 repository." in told
    # a balancer (0.0225) and its two public addresses (0.005 each), for two hours
    assert "cost about $0.07 so far, and would now cost $0.033 an hour" in told
    code, _, told = said(sandbox, "back", f"{LAB}/push")
    assert (code, told.count("\n")) == (2, 1)
    assert "You have not come to step push" in told
    for words, sentence in (
        (["back", LAB], f"{LAB} names no step: write LAB/STEP; `dockyard progress {LAB}` lists them"),
        (["hint", f"{LAB}/"], "names no step"),
        (["progress", "07-pears"], "There is no lab '07-pears'. Known: 00-worked-example"),
        (["watch", "-5"], "-5 is no number above 0"),
    ):
        code, _, told = said(sandbox, *words)
        assert (code, told.count("\n"), sentence in told) == (2, 1, True), told
    code, told, _ = said(sandbox, "reset")
    assert (code, "as it was at its birth" in told) == (0, True)
    assert ecs.list_clusters()["clusterArns"] == []


def test_what_is_no_step_is_a_sentence(sandbox: Running) -> None:
    assert sandbox.control("POST", "back", {"lab": LAB})[0] == 400
    assert sandbox.control("POST", "back", {"lab": "none", "step": "none"})[0] == 404
    assert sandbox.control("POST", "back", {"lab": LAB, "step": 1})[0] == 400
