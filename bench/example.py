"""The worked example as one boto3 script, a step a method: create all, stable, spike, scaled out, calm, scaled in.

Knows nothing about which server answers. A step that a server refuses can be left out; so are then those that need it.
"""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Collection
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError
from servers import Server

SERVICES = ("ec2", "iam", "ecr", "logs", "ecs", "elbv2", "application-autoscaling", "cloudwatch")
#: Waiters look again so soon; where the first look already finds it steady, this costs nothing.
PATIENCE = {"Delay": 0.05, "MaxAttempts": 40}
#: Requests a second of 20 ms: two tasks of one vCPU are at 90 %, then at 10 %.
SPIKE, CALM, CPU_MS = 90.0, 10.0, 20.0
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
OCI = "application/vnd.oci.image.manifest.v1+json"
CONFIGURATION = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers"}}).encode()
LAYER = hashlib.sha256(b"layer").digest() * 32768  # 1 MB

#: What can be asked of any server, in this order.
BUILD = (
    "find_network", "open_groups", "make_role", "allow_role", "make_repository", "upload_layers", "put_image",
    "make_log_group", "make_cluster", "define_task", "make_balancer", "make_target_group", "make_listener",
    "make_service", "wait_for_service", "see_target_health", "make_scalable", "make_policies", "make_alarms",
)  # fmt: skip
#: What only a cloud that is alive can do.
LIVE = ("spike", "see_scaled_out", "calm", "see_scaled_in")


class Example:
    """One run against a server, under a name of its own; clients are made before the first call is timed."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.clients = {name: server.client(name) for name in SERVICES}
        self.name = ""
        self._runs = 0

    def run(self, steps: Collection[str] = (*BUILD, *LIVE)) -> None:
        """Do these steps, in the example's order. Raises what the first refused one raises."""
        self._begin()
        for step in (*BUILD, *LIVE):
            if step in steps:
                getattr(self, step)()

    def accepted(self) -> list[str]:
        """The building steps that the server accepts, found by trying."""
        self._begin()
        done = []
        for step in BUILD:
            try:
                getattr(self, step)()
            except (ClientError, BotoCoreError, WaiterError, AttributeError, OSError, RuntimeError):
                continue
            done.append(step)
        return done

    def _begin(self) -> None:
        self._runs += 1
        self.name = f"credit-{self._runs}"
        for made in ("uri", "role", "groups", "target_group", "balancer"):
            self.__dict__.pop(made, None)
        self.policies: list[str] = []

    # The steps, from the empty account to a service that scales.

    def find_network(self) -> None:
        """The default VPC's first two subnets."""
        found = self.clients["ec2"].describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])
        subnets = sorted(found["Subnets"], key=lambda one: one["AvailabilityZone"])[:2]
        self.subnets = [one["SubnetId"] for one in subnets]
        self.vpc = subnets[0]["VpcId"]

    def open_groups(self) -> None:
        """A group for the balancer, open to all on 80, and one for tasks, open to the balancer's on 8080."""
        ec2 = self.clients["ec2"]
        self.groups = [
            ec2.create_security_group(GroupName=f"{self.name}-{part}", Description=part, VpcId=self.vpc)["GroupId"]
            for part in ("front", "tasks")
        ]
        world, front = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, {"UserIdGroupPairs": [{"GroupId": self.groups[0]}]}
        for group, port, who in zip(self.groups, (80, 8080), (world, front), strict=True):
            rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **who}
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def make_role(self) -> None:
        """The execution role."""
        document = json.dumps(TRUST)
        made = self.clients["iam"].create_role(RoleName=self.name, AssumeRolePolicyDocument=document)
        self.role = made["Role"]["Arn"]

    def allow_role(self) -> None:
        """The execution role's rights."""
        self.clients["iam"].attach_role_policy(RoleName=self.name, PolicyArn=EXECUTION_POLICY)

    def make_repository(self) -> None:
        """The repository."""
        made = self.clients["ecr"].create_repository(repositoryName=self.name)
        self.uri = made["repository"]["repositoryUri"]

    def upload_layers(self) -> None:
        """Log in and push the configuration and a layer of 1 MB through the registry on the same port."""
        token = self.clients["ecr"].get_authorization_token()["authorizationData"][0]["authorizationToken"]
        path = self.uri.partition("/")[2]
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        for content in (CONFIGURATION, LAYER):
            query = f"digest={digest(content)}"
            headers = {"Authorization": f"Basic {token}", "Content-Type": "application/octet-stream"}
            connection.request("POST", f"/v2/{path}/blobs/uploads/?{query}", content, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 201:
                raise RuntimeError(f"push: {answer.status} {said.decode(errors='replace')}")
        connection.close()

    def put_image(self) -> None:
        """The manifest under the tag 1."""
        kinds = {"config": (CONFIGURATION, "config.v1+json"), "layer": (LAYER, "layer.v1.tar+gzip")}
        described = {
            name: {
                "mediaType": f"application/vnd.oci.image.{kind}", "digest": digest(content), "size": len(content),
            }
            for name, (content, kind) in kinds.items()
        }  # fmt: skip
        manifest = {
            "schemaVersion": 2, "mediaType": OCI, "config": described["config"], "layers": [described["layer"]],
        }  # fmt: skip
        self.clients["ecr"].put_image(
            repositoryName=self.name, imageManifest=json.dumps(manifest), imageManifestMediaType=OCI, imageTag="1"
        )

    def make_log_group(self) -> None:
        """The log group."""
        self.clients["logs"].create_log_group(logGroupName=f"/ecs/{self.name}")

    def make_cluster(self) -> None:
        """The cluster."""
        self.clients["ecs"].create_cluster(clusterName=self.name)

    def define_task(self) -> None:
        """The task definition: Fargate, 1 vCPU, 2 GB."""
        options = {
            "awslogs-group": f"/ecs/{self.name}", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "ecs",
        }  # fmt: skip
        container = {
            "name": "api", "image": f"{self.uri}:1", "essential": True, "portMappings": [{"containerPort": 8080}],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
        }  # fmt: skip
        self.clients["ecs"].register_task_definition(
            family=self.name, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="1024", memory="2048",
            executionRoleArn=self.role, containerDefinitions=[container],
        )  # fmt: skip

    def make_balancer(self) -> None:
        """The load balancer."""
        made = self.clients["elbv2"].create_load_balancer(
            Name=self.name, Subnets=self.subnets, SecurityGroups=self.groups[:1]
        )
        self.balancer = made["LoadBalancers"][0]["LoadBalancerArn"]

    def make_target_group(self) -> None:
        """The target group."""
        made = self.clients["elbv2"].create_target_group(
            Name=self.name, Protocol="HTTP", Port=8080, VpcId=self.vpc, TargetType="ip", HealthCheckPath="/health"
        )
        self.target_group = made["TargetGroups"][0]["TargetGroupArn"]

    def make_listener(self) -> None:
        """The listener on port 80."""
        action = {"Type": "forward", "TargetGroupArn": self.target_group}
        self.clients["elbv2"].create_listener(
            LoadBalancerArn=self.balancer, Protocol="HTTP", Port=80, DefaultActions=[action]
        )

    def make_service(self) -> None:
        """The service of two tasks behind the load balancer."""
        network = {"subnets": self.subnets, "securityGroups": self.groups[1:], "assignPublicIp": "ENABLED"}
        behind = {"targetGroupArn": self.target_group, "containerName": "api", "containerPort": 8080}
        self.clients["ecs"].create_service(
            cluster=self.name, serviceName="api", taskDefinition=self.name, desiredCount=2, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network}, loadBalancers=[behind],
        )  # fmt: skip

    def wait_for_service(self) -> None:
        """boto3's waiter services_stable."""
        waiter = self.clients["ecs"].get_waiter("services_stable")
        waiter.wait(cluster=self.name, services=["api"], WaiterConfig=PATIENCE)

    def see_target_health(self) -> None:
        """Both targets are healthy."""
        found = self.clients["elbv2"].describe_target_health(TargetGroupArn=self.target_group)
        states = [one["TargetHealth"]["State"] for one in found["TargetHealthDescriptions"]]
        if states != ["healthy", "healthy"]:
            raise RuntimeError(f"target health: {states}")

    def make_scalable(self) -> None:
        """The service may have two to ten tasks."""
        scaling = self.clients["application-autoscaling"]
        scaling.register_scalable_target(**self._dimension(), MinCapacity=2, MaxCapacity=10)

    def make_policies(self) -> None:
        """One step policy that adds a task and one that takes a task away."""
        self.policies = [
            self._policy(name, bound, adjustment)
            for name, bound, adjustment in (
                ("more", "MetricIntervalLowerBound", 1), ("fewer", "MetricIntervalUpperBound", -1),
            )
        ]  # fmt: skip

    def make_alarms(self) -> None:
        """Above 70 % CPU the first policy acts, below 30 % the second."""
        self._alarm("high", "GreaterThanThreshold", 70.0, self.policies[:1])
        self._alarm("low", "LessThanThreshold", 30.0, self.policies[1:])

    def spike(self) -> None:
        """Ten simulated minutes of load that two tasks do not bear well."""
        self._offer(SPIKE)
        self.server.control("clock/advance", {"seconds": 600})

    def see_scaled_out(self) -> None:
        """More than two tasks run."""
        if (count := self._running()) <= 2:
            raise RuntimeError(f"{count} tasks after the spike")

    def calm(self) -> None:
        """Little load."""
        self._offer(CALM)

    def see_scaled_in(self) -> None:
        """Within two simulated hours only two tasks run."""
        for _ in range(12):
            self.server.control("clock/advance", {"seconds": 600})
            if self._running() == 2:
                return
        raise RuntimeError(f"{self._running()} tasks after two calm hours")

    def delete(self) -> None:
        """Delete everything again; what a server refuses to delete stays."""
        for action in self._deletions():
            try:
                action()
            except (ClientError, AttributeError):
                continue

    def _deletions(self) -> list[Any]:
        ecs, elbv2, ec2, iam = (self.clients[name] for name in ("ecs", "elbv2", "ec2", "iam"))
        scaling, name = self.clients["application-autoscaling"], self.name
        return [
            lambda: self.clients["cloudwatch"].delete_alarms(AlarmNames=[f"{name}-high", f"{name}-low"]),
            lambda: scaling.deregister_scalable_target(**self._dimension()),
            lambda: ecs.delete_service(cluster=name, service="api", force=True),
            lambda: ecs.get_waiter("services_inactive").wait(cluster=name, services=["api"], WaiterConfig=PATIENCE),
            lambda: elbv2.delete_load_balancer(LoadBalancerArn=self.balancer),
            lambda: elbv2.delete_target_group(TargetGroupArn=self.target_group),
            lambda: ecs.deregister_task_definition(taskDefinition=f"{name}:1"),
            lambda: ecs.delete_cluster(cluster=name),
            lambda: self.clients["logs"].delete_log_group(logGroupName=f"/ecs/{name}"),
            lambda: self.clients["ecr"].delete_repository(repositoryName=name, force=True),
            lambda: iam.detach_role_policy(RoleName=name, PolicyArn=EXECUTION_POLICY),
            lambda: iam.delete_role(RoleName=name),
            lambda: ec2.delete_security_group(GroupId=self.groups[1]),
            lambda: ec2.delete_security_group(GroupId=self.groups[0]),
        ]

    def _dimension(self) -> dict[str, str]:
        return {
            "ServiceNamespace": "ecs", "ResourceId": f"service/{self.name}/api",
            "ScalableDimension": "ecs:service:DesiredCount",
        }  # fmt: skip

    def _policy(self, name: str, bound: str, adjustment: int) -> str:
        configuration = {
            "AdjustmentType": "ChangeInCapacity", "Cooldown": 120,
            "StepAdjustments": [{bound: 0.0, "ScalingAdjustment": adjustment}],
        }  # fmt: skip
        made = self.clients["application-autoscaling"].put_scaling_policy(
            PolicyName=f"{self.name}-{name}", PolicyType="StepScaling", **self._dimension(),
            StepScalingPolicyConfiguration=configuration,
        )  # fmt: skip
        return str(made["PolicyARN"])

    def _alarm(self, name: str, comparison: str, threshold: float, actions: list[str]) -> None:
        dimensions = [{"Name": "ClusterName", "Value": self.name}, {"Name": "ServiceName", "Value": "api"}]
        self.clients["cloudwatch"].put_metric_alarm(
            AlarmName=f"{self.name}-{name}", Namespace="AWS/ECS", MetricName="CPUUtilization", Dimensions=dimensions,
            Statistic="Average", Period=60, EvaluationPeriods=2, Threshold=threshold, ComparisonOperator=comparison,
            AlarmActions=actions,
        )  # fmt: skip

    def _offer(self, requests_per_second: float) -> None:
        offer = {"requests_per_second": requests_per_second, "cpu_ms": CPU_MS, "seconds": 7200.0}
        self.server.control("traffic", {"load_balancer": self.name, **offer})

    def _running(self) -> int:
        found = self.clients["ecs"].describe_services(cluster=self.name, services=["api"])
        return int(found["services"][0]["runningCount"])


def digest(content: bytes) -> str:
    """A content's digest as registries write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
