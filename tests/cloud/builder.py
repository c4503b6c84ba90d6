"""Builds, call by call, what the simulator's tests start from: a cluster, a definition, a load balancer, a service."""

from __future__ import annotations

from typing import Any

from landscape import EXECUTION_ROLE, Landscape

from dockyard.cloud.account import Account
from dockyard.cloud.cloud import Cloud
from dockyard.cloud.elbv2.service import ElasticLoadBalancing

REGION = "us-east-1"
START = 1_800_000_000.0
CONTAINER: dict[str, Any] = {"name": "web", "image": "nginx", "portMappings": [{"containerPort": 8080}]}
DEFINITION: dict[str, Any] = {
    "family": "app",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "1024",
    "memory": "2048",
    "executionRoleArn": EXECUTION_ROLE,
    "containerDefinitions": [CONTAINER],
}
NETWORK = {
    "awsvpcConfiguration": {
        "subnets": ["subnet-a", "subnet-b"], "securityGroups": ["sg-task"], "assignPublicIp": "ENABLED",
    }
}  # fmt: skip


class Builder:
    """A fresh cloud over the landscape, and the calls that build in it."""

    def __init__(self, seed: str = "seed") -> None:
        self.land = Landscape()
        self.cloud = Cloud(Account.born("123456789012", seed, START), self.land)
        self.target_group = ""

    def call(self, service: str, operation: str, /, **request: Any) -> dict[str, Any]:
        """One call, with the settling that the host does before it."""
        self.cloud.settle(service, operation, REGION, request)
        return self.cloud.call(service, operation, REGION, request)

    def look(self, service: str, operation: str, /, **request: Any) -> dict[str, Any]:
        """One call without settling: what is so at this moment."""
        return self.cloud.call(service, operation, REGION, request)

    def define(self, **changes: Any) -> str:
        """Register the definition with members changed (None: left out); returns its ARN."""
        request = {name: value for name, value in {**DEFINITION, **changes}.items() if value is not None}
        arn: str = self.call("ecs", "RegisterTaskDefinition", **request)["taskDefinition"]["taskDefinitionArn"]
        return arn

    def balance(self) -> str:
        """A load balancer `lb` with a listener on port 80; returns the target group's ARN."""
        balancer = self.call(
            "elbv2", "CreateLoadBalancer", Name="lb", Subnets=["subnet-a", "subnet-b"], SecurityGroups=["sg-lb"]
        )["LoadBalancers"][0]["LoadBalancerArn"]
        group = self.call(
            "elbv2", "CreateTargetGroup", Name="tg", Protocol="HTTP", Port=8080, VpcId="vpc-1", TargetType="ip",
            HealthCheckPath="/health",
        )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
        action = {"Type": "forward", "TargetGroupArn": group}
        self.call(
            "elbv2", "CreateListener", LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[action]
        )
        self.target_group = group
        return str(group)

    def serve(self, *, balanced: bool = True, **changes: Any) -> dict[str, Any]:
        """The service `s` of two tasks in cluster `c`, behind the balancer unless told."""
        self.call("ecs", "CreateCluster", clusterName="c")
        request: dict[str, Any] = {
            "cluster": "c", "serviceName": "s", "taskDefinition": "app", "desiredCount": 2, "launchType": "FARGATE",
            "networkConfiguration": NETWORK,
        }  # fmt: skip
        if balanced and "loadBalancers" not in changes:
            group = self.target_group or self.balance()
            request["loadBalancers"] = [{"targetGroupArn": group, "containerName": "web", "containerPort": 8080}]
        created: dict[str, Any] = self.call("ecs", "CreateService", **{**request, **changes})["service"]
        return created

    def service(self) -> dict[str, Any]:
        """The service as it is at this moment."""
        found: dict[str, Any] = self.look("ecs", "DescribeServices", cluster="c", services=["s"])["services"][0]
        return found

    def steady(self) -> dict[str, Any]:
        """The service once it is steady."""
        found: dict[str, Any] = self.call("ecs", "DescribeServices", cluster="c", services=["s"])["services"][0]
        return found

    def events(self) -> str:
        """The service's events, newest first."""
        return "\n".join(one["message"] for one in self.service()["events"])

    def tasks(self, desired: str = "RUNNING") -> list[dict[str, Any]]:
        """The tasks of the cluster at this moment."""
        arns = self.look("ecs", "ListTasks", cluster="c", desiredStatus=desired)["taskArns"]
        found: list[dict[str, Any]] = (
            self.look("ecs", "DescribeTasks", cluster="c", tasks=arns)["tasks"] if arns else []
        )
        return found

    def offer(self, requests_per_second: float, seconds: float, cpu_ms: float = 20.0) -> None:
        """Offer traffic to the balancer."""
        self.cloud.service(ElasticLoadBalancing, REGION).offer("lb", requests_per_second, cpu_ms, seconds)
        self.cloud.woken(REGION)

    def tally(self) -> Any:
        """What the balancer counted since its birth."""
        return self.cloud.service(ElasticLoadBalancing, REGION).tally("lb")
