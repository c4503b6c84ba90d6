"""The worked example, headless: a fresh sandbox, the solved notebook, its verdicts, and a launch day minute by minute.

Knows nothing about how anything is judged or simulated: it starts `dockyard up`, runs the notebook and asks the cloud.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dockyard.client import Client
from dockyard.content.notebooks import solved_notebook, unpack
from dockyard.content.reading import open_course
from dockyard.errors import SandboxError
from dockyard.grading.rendering import as_text
from dockyard.grading.report import Report
from dockyard.sandbox.environment import kept_environment
from dockyard.warm_python import start

#: What every sandbox loads by and by: for a warm Python that is to fork sandboxes.
SANDBOX_LOADS = (
    "dockyard.sandbox.sandbox", "dockyard.sandbox.engine.routes", "dockyard.sandbox.control",
    "dockyard.sandbox.registry", "dockyard.sandbox.balancer", "dockyard.sandbox.tasks.on_demand",
    "dockyard.sandbox.exercises", "dockyard.sandbox.checks", "dockyard.grading.runner", "anyio._backends._asyncio",
    "dockyard.packages.resolving", "dockyard.sandbox.moto:warm", "dockyard.sandbox.direct:warm",
)  # fmt: skip
LAB = "00-worked-example"
#: The launch: minutes at so many requests a second, each 20 ms of one vCPU. Two tasks are at 60 %, then overrun.
LAUNCH = ((3, 60.0), (14, 180.0), (22, 10.0))
CPU_MS = 20.0

Say = Callable[[str], None]


def run(say: Say) -> bool:
    """Run and grade the worked example; returns whether it earned full marks. Needs the extra `lab`."""
    lab = open_course().lab(LAB)
    with tempfile.TemporaryDirectory(prefix="dockyard-demo-") as folder, sandbox(Path(folder) / "data") as variables:
        say(f"{lab.title}: running the solved notebook against {variables['AWS_ENDPOINT_URL']} …")
        execute(solved_notebook(lab), unpack(lab, Path(folder) / "lab"), variables)
        client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        report = Report.from_json(client.check(LAB))
        say(as_text(report))
        for line in Launch(variables, client).timeline():
            say(line)
    return report.points == report.of


@contextmanager
def sandbox(data: Path, *options: str, variables: Mapping[str, str] = os.environ) -> Iterator[dict[str, str]]:
    """A sandbox on a free port with its own data folder, as a process; yields what its clients need.

    `variables` are its environment: they may name a warm Python to fork it from.
    """
    port = free_port()
    serve = ["up", "--clock", "stepped", "--port", str(port), "--data", str(data)]
    process = start("dockyard.cli", [*serve, *options], variables)
    try:
        assert process.stdout is not None, "a pipe was asked for"
        if "ready" not in process.stdout.readline():
            raise SandboxError("The sandbox did not start.", next_step="Run `dockyard doctor`.")
        yield {**variables, **kept_environment(data, port)}
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def execute(notebook: dict[str, Any], folder: Path, variables: dict[str, str]) -> dict[str, Any]:
    """Run a notebook's cells in a kernel of their own, in a folder. Raises nbclient's CellExecutionError."""
    import nbformat
    from nbclient import NotebookClient

    node = nbformat.reads(json.dumps(notebook), as_version=4)
    client = NotebookClient(
        node, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}, coalesce_streams=True,
        # The kernel would warn on our terminal about its own transport, which stays on this machine.
        extra_arguments=["--log-level=ERROR"],
    )  # fmt: skip
    client.execute(env=variables)
    executed: dict[str, Any] = node
    return executed


class Launch:
    """A launch day on the service that the notebook left, told minute by minute."""

    def __init__(self, variables: dict[str, str], client: Client) -> None:
        import boto3

        session = boto3.Session(
            variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name=variables["AWS_REGION"]
        )
        endpoint = variables["AWS_ENDPOINT_URL"]
        self._client = client
        self._region = variables["AWS_REGION"]
        self._alarms = session.client("cloudwatch", endpoint_url=endpoint)
        self._scaling = session.client("application-autoscaling", endpoint_url=endpoint)
        found = session.client("elbv2", endpoint_url=endpoint).describe_load_balancers()
        self._balancer = found["LoadBalancers"][0]["LoadBalancerName"]

    def timeline(self) -> Iterator[str]:
        """One line a simulated minute: time, load, CPU, tasks, alarms, and what happened."""
        yield ""
        yield f"{'time':8} {'load/s':>6} {'CPU %':>6} {'tasks':>5}  alarms and what happened"
        told: set[str] = set()
        self._news(told)  # what was scaled before is no news
        for minutes, rate in LAUNCH:
            self._client.traffic(self._balancer, rate, CPU_MS, minutes * 60.0)
            for _ in range(minutes):
                self._client.advance(60)
                yield self._minute(rate, told)
        yield ""
        yield self._cost()

    def _minute(self, rate: float, told: set[str]) -> str:
        state = self._client.state()["regions"][self._region]
        now = self._client.clock()["now"][11:16]
        service = next(iter(state["ecs"]["services"].values()))
        tasks = [one for one in state["ecs"]["tasks"].values() if one["service"] == service["name"]]
        running = sum(one["last_status"] == "RUNNING" for one in tasks)
        cpu = self._cpu(service["cluster"], service["name"])
        firing = [one["AlarmName"] for one in self._alarms.describe_alarms(StateValue="ALARM")["MetricAlarms"]]
        news = self._news(told)
        return f"{now:8} {rate:6.0f} {cpu:>6} {running:5}  {'; '.join((*firing, *news))}"

    def _cost(self) -> str:
        items = self._client.state()["bill"]
        listed = ", ".join(f"{one['meter']} {one['hours']:.2f} h" for one in items)
        total = sum(one["dollars"] for one in items)
        return f"On AWS all of this would have cost about ${total:.2f} ({listed}; an estimate). Here it cost nothing."

    def _cpu(self, cluster: str, service: str) -> str:
        from datetime import datetime, timedelta

        now = datetime.fromisoformat(self._client.clock()["now"])
        points = self._alarms.get_metric_statistics(
            Namespace="AWS/ECS", MetricName="CPUUtilization", Period=60, Statistics=["Average"],
            Dimensions=[{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}],
            StartTime=now - timedelta(minutes=2), EndTime=now,
        )["Datapoints"]  # fmt: skip
        latest = max(points, key=lambda one: one["Timestamp"], default=None)
        return f"{latest['Average']:.1f}" if latest else "-"

    def _news(self, told: set[str]) -> list[str]:
        activities = self._scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
        new = [one for one in reversed(activities) if one["ActivityId"] not in told]
        told.update(one["ActivityId"] for one in new)
        return [str(one["Description"]) for one in new]
