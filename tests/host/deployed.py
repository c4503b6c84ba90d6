"""A learner's deployment against a running sandbox: images built and pushed by the docker SDK, tasks and a balancer."""

from __future__ import annotations

import base64
import io
import json
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import docker
from host.wandering import TRUST
from running import Running

PATIENCE = 30.0
CHECK = {"command": ["CMD-SHELL", "python check.py"], "interval": 10}
DOCKERFILE = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "app.py"]\n'
#: A server of the standard library: {code} for every path but /health, which answers {health}.
SERVER = """
import http.server, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({health} if self.path == "/health" else 200)
        self.end_headers()
        self.wfile.write(os.environ.get("GREETING", "hello").encode())
        if self.path == "/die":
            os._exit(7)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("serving", flush=True)
http.server.HTTPServer(("{address}", {port}), Handler).serve_forever()
"""


def server(health: int = 200, address: str = "0.0.0.0", port: int = 8080) -> str:
    return SERVER.format(health=health, address=address, port=port)


class Deployed:
    """What every test starts from: a repository, a role, a log group, a cluster."""

    def __init__(self, sandbox: Running) -> None:
        self.sandbox = sandbox
        self.ecr, self.ecs, self.logs, self.elbv2 = (sandbox.client(one) for one in ("ecr", "ecs", "logs", "elbv2"))
        self.uri = self.ecr.create_repository(repositoryName="credit")["repository"]["repositoryUri"]
        iam = sandbox.client("iam")
        self.role = iam.create_role(RoleName="tasks", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
        iam.attach_role_policy(RoleName="tasks", PolicyArn=policy)
        self.logs.create_log_group(logGroupName="/app")
        self.ecs.create_cluster(clusterName="c")
        ec2 = sandbox.client("ec2")
        self.subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"][:2]]
        self.vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        self.group = ec2.create_security_group(GroupName="open", Description="to all", VpcId=self.vpc)["GroupId"]
        everybody = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=everybody)

    def push(self, tag: str, labels: dict[str, str] | None = None, platform: str | None = None, **files: str) -> str:
        """Build an image of these Python files (`app` is the server) and push it; returns its name."""
        context = io.BytesIO()
        with tarfile.open(fileobj=context, mode="w") as archive:
            for name, text in {"Dockerfile": DOCKERFILE, **{f"{one}.py": text for one, text in files.items()}}.items():
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        context.seek(0)
        data = self.ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        user, _, password = base64.b64decode(data).decode().partition(":")
        engine = docker.DockerClient(base_url=self.sandbox.variables["DOCKER_HOST"])
        try:
            named = {"tag": f"{self.uri}:{tag}", "labels": labels, "platform": platform}
            engine.images.build(fileobj=context, custom_context=True, **named)
            pushed = engine.images.push(self.uri, tag=tag, auth_config={"username": user, "password": password})
        finally:
            engine.close()
        assert "error" not in pushed
        return f"{self.uri}:{tag}"

    def define(self, *containers: dict[str, Any], **members: Any) -> None:
        """Register the definition; what a container leaves out is usual."""
        options = {"awslogs-group": "/app", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "model"}
        usual = {"name": "web", "logConfiguration": {"logDriver": "awslogs", "options": options}}
        self.ecs.register_task_definition(
            family="app", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
            executionRoleArn=self.role, containerDefinitions=[{**usual, **one} for one in containers], **members,
        )  # fmt: skip

    @property
    def network(self) -> dict[str, Any]:
        where = {"subnets": self.subnets, "securityGroups": [self.group], "assignPublicIp": "ENABLED"}
        return {"awsvpcConfiguration": where}

    def run(self) -> str:
        """Run a task; returns its ARN."""
        request = {"cluster": "c", "taskDefinition": "app", "launchType": "FARGATE"}
        arn: str = self.ecs.run_task(**request, networkConfiguration=self.network)["tasks"][0]["taskArn"]
        return arn

    def serve(self, count: int = 1) -> None:
        """The service `s` behind the load balancer `lb`, whose health checks ask /health."""
        balancer = self.elbv2.create_load_balancer(Name="lb", Subnets=self.subnets, SecurityGroups=[self.group])
        group = {"Name": "tg", "Protocol": "HTTP", "Port": 8080, "VpcId": self.vpc, "TargetType": "ip"}
        self.targets = self.elbv2.create_target_group(
            **group, HealthCheckPath="/health", HealthCheckIntervalSeconds=10
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"], Protocol="HTTP", Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.targets}],
        )  # fmt: skip
        self.ecs.create_service(
            cluster="c", serviceName="s", taskDefinition="app", desiredCount=count, launchType="FARGATE",
            networkConfiguration=self.network,
            loadBalancers=[{"targetGroupArn": self.targets, "containerName": "web", "containerPort": 8080}],
        )  # fmt: skip

    def ask(self, path: str = "/") -> tuple[int, str]:
        """What the load balancer answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.sandbox.port}/_alb/lb{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def task(self, arn: str) -> dict[str, Any]:
        """A task as it is."""
        found: dict[str, Any] = self.ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"][0]
        return found

    def log(self, arn: str, container: str = "web") -> list[str]:
        """What a container of a task wrote."""
        stream = f"model/{container}/{arn.rpartition('/')[2]}"
        found = self.logs.filter_log_events(logGroupName="/app", logStreamNamePrefix=stream)["events"]
        return [one["message"] for one in found]

    def log_times(self, arn: str) -> dict[str, float]:
        """When a task wrote each of its lines, in simulated seconds since 1970."""
        stream = f"model/web/{arn.rpartition('/')[2]}"
        found = self.logs.filter_log_events(logGroupName="/app", logStreamNamePrefix=stream)["events"]
        return {one["message"]: one["timestamp"] / 1000 for one in found}

    def facts(self) -> list[dict[str, Any]]:
        """What the account knows of images."""
        state = self.sandbox.control("GET", "state")[1]
        return list(state["regions"]["us-east-1"]["ecs"]["facts"].values())

    def happenings(self, kind: str) -> list[Any]:
        """The observations of a kind in the journal."""
        lines = self.sandbox.control("GET", "journal")[1]["lines"]
        return [told for line in lines for what, told in line.get("seen", []) if what == kind]


def until(holds: Callable[[], Any]) -> Any:
    """Wait on the live clock until something is so; returns it."""
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.05)
    return found


def state_text(sandbox: Running) -> str:
    """The account's state."""
    return json.dumps(sandbox.control("GET", "state")[1], sort_keys=True)
