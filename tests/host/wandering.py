"""A learner's walk through a cloud, drawn step by step: what the properties of the host are tried on.

Run as a program it replays accounts: `python wandering.py FOLDER…` prints the digest of each one's state.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import strategies as st

STEPS = (
    "cluster", "definition", "service", "resize", "stop task", "balancer", "advance", "traffic", "alarm", "group",
    "role", "object", "snapshot", "restore", "mark", "back", "reset", "delete service", "look",
)  # fmt: skip
#: Steps that keep an account or go back to one.
RETURNS = ("snapshot", "restore", "mark", "back", "reset")
walks = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), min_size=4, max_size=14)

TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}'  # noqa: E501


class Walker:
    """Makes steps with the clients of one learner; what AWS refuses is part of the walk."""

    def __init__(self, direct: Any, region: str = "us-east-1") -> None:
        self.direct = direct
        self.region = region

    def walk(self, steps: list[tuple[str, int]]) -> None:
        for name, number in steps:
            with contextlib.suppress(ClientError, KeyError, IndexError):
                getattr(self, name.replace(" ", "_"))(number)

    def __getattr__(self, service: str) -> Any:
        return self.direct.client(service, self.region)

    def subnets(self) -> list[str]:
        return sorted(one["SubnetId"] for one in self.ec2.describe_subnets()["Subnets"])[:2]

    def cluster(self, number: int) -> None:
        self.ecs.create_cluster(clusterName=f"c{number % 2}")

    def definition(self, number: int) -> None:
        container = {
            "name": "web",
            "image": ("nginx", "missing/image")[number == 3],
            "portMappings": [{"containerPort": 80}],
        }
        self.ecs.register_task_definition(
            family="app", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
            containerDefinitions=[container],
        )  # fmt: skip

    def service(self, number: int) -> None:
        network = {"subnets": self.subnets(), "assignPublicIp": "ENABLED"}
        groups = [one["TargetGroupArn"] for one in self.elbv2.describe_target_groups()["TargetGroups"]]
        behind = [{"targetGroupArn": one, "containerName": "web", "containerPort": 80} for one in groups[: number % 2]]
        self.ecs.create_service(
            cluster=f"c{number % 2}", serviceName="s", taskDefinition="app", desiredCount=number, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network}, loadBalancers=behind,
        )  # fmt: skip

    def resize(self, number: int) -> None:
        self.ecs.update_service(
            cluster=f"c{number % 2}", service="s", desiredCount=number, forceNewDeployment=number > 1
        )

    def delete_service(self, number: int) -> None:
        self.ecs.delete_service(cluster=f"c{number % 2}", service="s", force=True)

    def stop_task(self, number: int) -> None:
        cluster = f"c{number % 2}"
        self.ecs.stop_task(cluster=cluster, task=self.ecs.list_tasks(cluster=cluster)["taskArns"][0])

    def balancer(self, _number: int) -> None:
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        arn = self.elbv2.create_load_balancer(Name="lb", Subnets=self.subnets())["LoadBalancers"][0]["LoadBalancerArn"]
        group = self.elbv2.create_target_group(Name="tg", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
        action = {"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}
        self.elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[action])

    def advance(self, number: int) -> None:
        self.direct.learner.advance(37.0 * 4**number)

    def traffic(self, number: int) -> None:
        from dockyard.errors import AwsError

        with contextlib.suppress(AwsError):
            self.direct.learner.traffic(self.region, "lb", 30.0 * number, 20.0, 900.0, lasts=25.0 * (number % 2))

    def alarm(self, number: int) -> None:
        dimensions = [{"Name": "ClusterName", "Value": f"c{number % 2}"}, {"Name": "ServiceName", "Value": "s"}]
        self.cloudwatch.put_metric_alarm(
            AlarmName=f"a{number}", Namespace="AWS/ECS", MetricName="CPUUtilization", Dimensions=dimensions, Period=60,
            EvaluationPeriods=1 + number, Statistic="Average", Threshold=50.0,
            ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip

    def group(self, number: int) -> None:
        made = self.ec2.create_security_group(GroupName=f"g{number}", Description="a group")
        rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}
        self.ec2.authorize_security_group_ingress(GroupId=made["GroupId"], **rule)

    def role(self, number: int) -> None:
        self.iam.create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=TRUST)

    def object(self, number: int) -> None:
        self.s3.create_bucket(Bucket="models")
        self.s3.put_object(Bucket="models", Key=f"model-{number}", Body=b"weights" * number)

    def snapshot(self, number: int) -> None:
        self.direct.learner.snapshot(f"n{number}")

    def restore(self, number: int) -> None:
        self.direct.learner.restore(f"n{number}")

    def mark(self, number: int) -> None:
        self.direct.learner.mark("lab", f"s{number}")

    def back(self, number: int) -> None:
        forget = [f"before lab/s{later}" for later in range(number + 1, 4)]
        self.direct.learner.restore(f"before lab/s{number}", forget)

    def reset(self, _number: int) -> None:
        self.direct.learner.reset()

    def look(self, number: int) -> None:
        self.ecs.describe_services(cluster=f"c{number % 2}", services=["s"])


def digest(learner: Any) -> str:
    """The digest of an account's state and of what it can go back to."""
    return hashlib.sha256(f"{learner.state_text()}{list(learner.snapshots)}".encode()).hexdigest()


def main() -> None:
    from dockyard.sandbox.learner import Learner

    for folder in map(Path, sys.argv[1:]):
        with Learner.open(folder, seed=None, start=0, port=0) as learner:
            sys.stdout.write(f"{digest(learner)}\n")


if __name__ == "__main__":
    main()
