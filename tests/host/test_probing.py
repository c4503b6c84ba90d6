"""An image is observed once, after the call that makes tasks of it, and every world plays what was seen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from host.deployed import CHECK, Deployed, server, state_text
from running import running

PORT = {"portMappings": [{"containerPort": 8080}]}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for what this user's sandboxes know of images, of this module only."""
    folder, before = tmp_path_factory.mktemp("cache"), os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="module")
def deployed(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:  # noqa: ARG001
    with running(tmp_path_factory.mktemp("data")) as sandbox:
        yield Deployed(sandbox)


def test_a_crash_shows_its_code_and_its_last_lines_in_the_log(deployed: Deployed) -> None:
    deployed.define({"image": deployed.push("crash", app="import torch\n"), **PORT})
    arn = deployed.run()
    deployed.sandbox.control("POST", "clock/advance", {"seconds": 120})
    task = deployed.task(arn)
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 1)
    assert deployed.log(arn)[-1] == "ModuleNotFoundError: No module named 'torch'"


def test_a_server_is_asked_its_paths_its_checks_and_to_stop(deployed: Deployed) -> None:
    image = deployed.push("serves", app=server(health=503), check="raise SystemExit(1)")
    deployed.define({"image": image, **PORT, "healthCheck": CHECK})
    deployed.run()
    facts = deployed.facts()[-1] if len(deployed.facts()) == 1 else next(it for it in deployed.facts() if it["ports"])
    assert (facts["ports"], facts["answers"]) == ([8080], {"/": 200, "/health": 503})
    assert list(facts["checks"].values()) == [False]
    assert (facts["exit_code"], facts["stop_code"], facts["lines"]) == (None, 0, ["serving"])
    assert 0 < facts["memory"] <= 128


def test_a_server_on_the_loopback_only_is_found_out(deployed: Deployed) -> None:
    deployed.define({"image": deployed.push("loopback", app=server(address="127.0.0.1")), **PORT})
    deployed.run()
    assert [it["ports"] for it in deployed.facts() if it["loopback"] == [8080]] == [[]]


def test_an_image_known_to_this_user_is_not_run_again_and_replay_runs_none(
    deployed: Deployed,  # noqa: ARG001 -- it has tried the image before
    cache: Path,
    tmp_path: Path,
) -> None:
    known = list((cache / "dockyard" / "facts").glob("*.json"))
    assert known
    for file in known:
        file.write_text(file.read_text().replace("ModuleNotFoundError", "A remembered error"))
    with running(tmp_path) as sandbox:
        other = Deployed(sandbox)
        other.define({"image": other.push("crash", app="import torch\n"), **PORT})
        other.run()
        assert "A remembered error" in state_text(sandbox)
        before = state_text(sandbox)
        assert sandbox.stop() == 0
    (tmp_path / "snapshot.pickle").unlink()
    for file in known:
        file.unlink()
    with running(tmp_path, "--runtime", "modelled") as sandbox:
        assert state_text(sandbox) == before


def test_an_explicit_modelled_runtime_observes_nothing(cache: Path, tmp_path: Path) -> None:  # noqa: ARG001
    with running(tmp_path, "--runtime", "modelled") as sandbox:
        modelled = Deployed(sandbox)
        modelled.define({"image": modelled.push("crash", app="import torch\n"), **PORT})
        arn = modelled.run()
        sandbox.control("POST", "clock/advance", {"seconds": 120})
        assert modelled.facts() == []
        assert modelled.task(arn)["lastStatus"] == "RUNNING"
