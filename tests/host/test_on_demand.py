"""On the stepped clock tasks are modelled, and a request through the balancer is answered by a real container."""

from __future__ import annotations

from pathlib import Path

import psutil
from host.deployed import CHECK, Deployed, server, until
from running import Running, running

PORT = {"portMappings": [{"containerPort": 8080}]}


def processes(sandbox: Running) -> list[psutil.Process]:
    """The processes of a sandbox's containers."""
    return [one for one in psutil.Process(sandbox.process.pid).children(recursive=True) if "app.py" in one.cmdline()]


def served(sandbox: Running, labels: dict[str, str] | None = None, *, before: str = "") -> Deployed:
    deployed = Deployed(sandbox)
    image = deployed.push("serves", labels, app=before + server(), check="raise SystemExit(0)")
    greeting = [{"name": "GREETING", "value": "a prediction"}]
    deployed.define({"image": image, **PORT, "healthCheck": CHECK, "environment": greeting})
    deployed.serve()
    sandbox.control("POST", "clock/advance", {"seconds": 300})
    return deployed


def test_a_request_starts_the_container_which_ends_with_its_task(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        deployed = served(sandbox)
        assert processes(sandbox) == []
        before = deployed.ecs.list_tasks(cluster="c")["taskArns"]
        assert deployed.ask() == (200, "a prediction")
        assert deployed.ask() == (200, "a prediction")
        (process,) = processes(sandbox)
        assert deployed.ecs.list_tasks(cluster="c")["taskArns"] == before
        assert not deployed.happenings("adopted")

        deployed.ecs.stop_task(cluster="c", task=before[0])
        sandbox.control("POST", "clock/advance", {"seconds": 600})
        assert until(lambda: not process.is_running())
        assert deployed.ask() == (200, "a prediction")
        (again,) = processes(sandbox)
        assert sandbox.stop() == 0
        assert not again.is_running()


def test_a_container_that_loads_is_not_started_before_it_would_listen(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        deployed = served(sandbox, {"dev.dockyard.starts-after": "1000"})
        deployed.ecs.update_service(cluster="c", service="s", healthCheckGracePeriodSeconds=3600)
        sandbox.control("POST", "clock/advance", {"seconds": 300})
        assert deployed.ask()[0] == 502
        assert processes(sandbox) == []
        sandbox.control("POST", "clock/advance", {"seconds": 1000})
        assert deployed.ask() == (200, "a prediction")


def test_a_server_that_does_nothing_for_a_while_before_it_listens_is_waited_for(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        deployed = served(sandbox, before="import time\ntime.sleep(2)\n")
        assert deployed.ask() == (200, "a prediction")


def test_when_an_account_goes_back_the_containers_of_tasks_that_are_still_there_run_on(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        deployed = served(sandbox)
        assert deployed.ask()[0] == 200
        (process,) = processes(sandbox)
        sandbox.control("POST", "snapshots", {"name": "one task"})
        deployed.ecs.update_service(cluster="c", service="s", desiredCount=2)
        sandbox.control("POST", "snapshots/one%20task/restore")
        assert deployed.ask() == (200, "a prediction")
        assert processes(sandbox) == [process]

        (task,) = deployed.ecs.list_tasks(cluster="c")["taskArns"]
        deployed.ecs.stop_task(cluster="c", task=task)
        sandbox.control("POST", "clock/advance", {"seconds": 600})
        assert until(lambda: not process.is_running())
        sandbox.control("POST", "snapshots/one%20task/restore")
        assert deployed.ask() == (200, "a prediction")
        (again,) = processes(sandbox)
        sandbox.control("POST", "reset")
        assert until(lambda: not again.is_running())


def test_a_sandbox_told_to_model_its_tasks_starts_none(tmp_path: Path) -> None:
    with running(tmp_path, "--runtime", "modelled") as sandbox:
        status, said = served(sandbox).ask()
        assert (status, "is modelled" in said) == (503, True)
        assert processes(sandbox) == []
