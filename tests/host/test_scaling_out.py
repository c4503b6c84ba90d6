"""Real requests make real containers busy: CPU passes 70 %, the alarm rings, and the service gets another task."""

from __future__ import annotations

from pathlib import Path

from host.deployed import Deployed, server, until
from running import running

from dockyard.client import Client
from dockyard.load_test import Order, load_test

#: Each answer takes 40 ms of CPU, however fast the machine is: a quarter of a vCPU bears six a second.
WORK = """\
        end = time.thread_time() + (0.04 if self.path == "/work" else 0)
        while time.thread_time() < end:
            pass
"""
SERVICE = "service/c/s"


def busy_server() -> str:
    return "import time\n" + server().replace("    def do_GET(self):\n", f"    def do_GET(self):\n{WORK}")


def scale_out_above_seventy(deployed: Deployed) -> None:
    """One more task for each minute above 70 % CPU, up to three."""
    scaling = deployed.sandbox.client("application-autoscaling")
    what = {"ServiceNamespace": "ecs", "ResourceId": SERVICE, "ScalableDimension": "ecs:service:DesiredCount"}
    scaling.register_scalable_target(**what, MinCapacity=1, MaxCapacity=3)
    policy = scaling.put_scaling_policy(
        **what, PolicyName="out", PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        },
    )["PolicyARN"]  # fmt: skip
    deployed.sandbox.client("cloudwatch").put_metric_alarm(
        AlarmName="busy", Namespace="AWS/ECS", MetricName="CPUUtilization", Statistic="Average", Period=60,
        Dimensions=[{"Name": "ClusterName", "Value": "c"}, {"Name": "ServiceName", "Value": "s"}],
        EvaluationPeriods=1, Threshold=70.0, ComparisonOperator="GreaterThanThreshold", AlarmActions=[policy],
    )  # fmt: skip


def test_a_load_test_makes_the_service_scale_out(tmp_path: Path) -> None:
    with running(tmp_path, "--clock", "live", "--speed", "60") as sandbox:
        deployed = Deployed(sandbox)
        image = deployed.push("busy", app=busy_server())
        deployed.define({"image": image, "portMappings": [{"containerPort": 8080}]})
        deployed.serve()
        assert until(lambda: deployed.ask()[0] == 200)
        scale_out_above_seventy(deployed)

        client = Client(sandbox.variables["AWS_ENDPOINT_URL"], sandbox.variables["DOCKYARD_TOKEN"])
        told: list[str] = []
        load_test(client, Order(6.0, 10.0, "lb", "/work"), told.append)
        assert told, "it says how far it has come"

        assert until(lambda: len(deployed.ecs.list_tasks(cluster="c", desiredStatus="RUNNING")["taskArns"]) > 1)
        service = deployed.ecs.describe_services(cluster="c", services=["s"])["services"][0]
        assert service["desiredCount"] > 1
        activities = sandbox.client("application-autoscaling").describe_scaling_activities(ServiceNamespace="ecs")
        assert "in state ALARM triggered policy out" in activities["ScalingActivities"][0]["Cause"]
