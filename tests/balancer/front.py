"""A load balancer with targets in a real sandbox, and real servers on loopback that stand behind them."""

from __future__ import annotations

import http.client
import json
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from running import COMMAND, Running

from dockyard.demo import free_port

STAND_IN = Path(__file__).parent / "stand_in.py"
IMAGE = "public.ecr.aws/docker/library/httpd:latest"
PORT = 8080


class StandIn(Running):
    """A sandbox whose balancers reach servers on loopback."""

    def __init__(self, folder: Path, speed: str = "", port: int = 0) -> None:
        self.port = port or free_port()
        self.data, self.targets = folder / "data", folder / "targets.json"
        if not self.targets.exists():
            self.targets.write_text("{}")
        command = [sys.executable, str(STAND_IN), str(self.data), str(self.port), str(self.targets), speed]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        printed = subprocess.run(
            [*COMMAND, "env", "--data", str(self.data), "--port", str(self.port), "--format", "json"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        self.variables = json.loads(printed)


@dataclass
class Answer:
    """What a client got."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def why(self) -> str:
        return self.headers.get("x-dockyard-why", "")

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Front:
    """The load balancer `web`: three tasks, of which `addresses` are; target groups and rules are the tests' own."""

    up: StandIn
    known: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.elb, self.ec2, self.ecs = (self.up.client(one) for one in ("elbv2", "ec2", "ecs"))
        found = self.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
        self.subnets = [one["SubnetId"] for one in sorted(found, key=lambda one: str(one["AvailabilityZone"]))[:2]]
        self.vpc = found[0]["VpcId"]
        self.group_of_front, self.group_of_tasks = self._security_groups()
        made = self.elb.create_load_balancer(Name="web", Subnets=self.subnets, SecurityGroups=[self.group_of_front])
        self.arn, self.name = (made["LoadBalancers"][0][it] for it in ("LoadBalancerArn", "DNSName"))
        self.addresses = self._tasks()
        self.elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[self.arn])

    def _security_groups(self) -> tuple[str, str]:
        made = [
            self.ec2.create_security_group(GroupName=one, Description=one, VpcId=self.vpc)["GroupId"]
            for one in ("front", "tasks")
        ]
        self.open(made[0], 80, IpRanges=[{"CidrIp": "0.0.0.0/0"}])
        self.open(made[1], PORT, UserIdGroupPairs=[{"GroupId": made[0]}])
        return made[0], made[1]

    def open(self, group: str, port: int, **who: Any) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **who}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def close(self, group: str, port: int, **who: Any) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **who}
        self.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def _tasks(self, count: int = 3) -> list[str]:
        self.ecs.create_cluster(clusterName="web")
        container = {"name": "web", "image": IMAGE, "portMappings": [{"containerPort": PORT}]}
        self.ecs.register_task_definition(
            family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
            containerDefinitions=[container],
        )  # fmt: skip
        network = {"subnets": self.subnets[:1], "securityGroups": [self.group_of_tasks], "assignPublicIp": "ENABLED"}
        ran = self.ecs.run_task(
            cluster="web", taskDefinition="web", count=count, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
        )["tasks"]  # fmt: skip
        arns = [one["taskArn"] for one in ran]
        self.ecs.get_waiter("tasks_running").wait(cluster="web", tasks=arns)
        found = self.ecs.describe_tasks(cluster="web", tasks=arns)["tasks"]
        return [one["containers"][0]["networkInterfaces"][0]["privateIpv4Address"] for one in found]

    def group(self, name: str, *addresses: str, **options: Any) -> str:
        """A target group with these targets."""
        request = {"Protocol": "HTTP", "Port": PORT, "VpcId": self.vpc, "TargetType": "ip", **options}
        arn: str = self.elb.create_target_group(Name=name, **request)["TargetGroups"][0]["TargetGroupArn"]
        if addresses:
            self.elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": one} for one in addresses])
        return arn

    def listener(self, *actions: dict[str, Any], port: int = 80) -> str:
        """The listener at a port, with these default actions; one that is there is changed."""
        there = self.elb.describe_listeners(LoadBalancerArn=self.arn)["Listeners"]
        known = next((one["ListenerArn"] for one in there if one["Port"] == port), None)
        if known:
            self.elb.modify_listener(ListenerArn=known, DefaultActions=list(actions))
            return str(known)
        made = self.elb.create_listener(
            LoadBalancerArn=self.arn, Protocol="HTTP", Port=port, DefaultActions=list(actions)
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def forward_to(self, name: str, *addresses: str, **options: Any) -> str:
        """Port 80 forwards to a new target group of these targets, which are settled."""
        arn = self.group(name, *addresses, **options)
        self.listener(forward(arn))
        self.elb.describe_target_health(TargetGroupArn=arn)
        return arn

    def attribute(self, key: str, value: str) -> None:
        self.elb.modify_load_balancer_attributes(LoadBalancerArn=self.arn, Attributes=[{"Key": key, "Value": value}])

    def stand(self, address: str, port: int | None) -> None:
        """A server at a loopback port stands behind a target from now on (None: no process does)."""
        self.known.pop(f"{address}:{PORT}", None)
        if port is not None:
            self.known[f"{address}:{PORT}"] = port
        self.up.targets.write_text(json.dumps(self.known))

    def ask(self, path: str = "/", method: str = "GET", *, body: bytes | None = None, **headers: str) -> Answer:
        """One request through http_proxy, as urllib and requests send it."""
        return self.at(f"http://{self.name}{path}", method, body=body, **{"Host": self.name, **headers})

    def at(self, target: str, method: str = "GET", *, body: bytes | None = None, **headers: str) -> Answer:
        """One request to the sandbox's port, its target as given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.up.port, timeout=20)
        try:
            connection.request(method, target, body, {key.replace("_", "-"): one for key, one in headers.items()})
            answer = connection.getresponse()
            named = {key.lower(): value for key, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    def metric(self, name: str, **more: str) -> float:
        """The sum of a metric of the load balancer over all minutes there are."""
        dimensions = {"LoadBalancer": self.arn.partition("loadbalancer/")[2], **more}
        now = self.up.control("GET", "clock")[1]["now"]
        found = self.up.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApplicationELB", MetricName=name, StartTime="2020-01-01T00:00:00Z", EndTime=now,
            Period=86400 * 365, Statistics=["Sum"], Dimensions=[{"Name": k, "Value": v} for k, v in dimensions.items()],
        )  # fmt: skip
        return float(sum(one["Sum"] for one in found["Datapoints"]))


def forward(*groups: str | tuple[str, int]) -> dict[str, Any]:
    pairs = [(one, 1) if isinstance(one, str) else one for one in groups]
    weighted = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in pairs]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; `who` is the server's name."""

    protocol_version = "HTTP/1.1"
    who = ""

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else self._chunks()
        said = {
            "who": self.who, "method": self.command, "path": self.path, "body": body.decode("latin-1"),
            "headers": {key.lower(): value for key, value in self.headers.items()},
        }  # fmt: skip
        content = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Keep-Alive", "timeout=5")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _chunks(self) -> bytes:
        found = b""
        while self.headers.get("Transfer-Encoding") == "chunked":
            size = int(self.rfile.readline(), 16)
            found += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                break
        return found

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def echo(who: str) -> Iterator[int]:
    """An echo server; its port."""
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), type("Named", (Echo,), {"who": who}))) as port:
        yield port


@contextmanager
def speaking(act: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection what `act` does, and then closes it; its port."""

    class Acting(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            act(self.request)

    opened: list[socket.socket] = []

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True
        request_queue_size = 1024

        def verify_request(self, request: Any, _address: Any) -> bool:
            opened.append(request)
            return True

        def handle_error(self, *_: Any) -> None:
            pass

    with serving(Server(("127.0.0.1", 0), Acting)) as port:
        yield port
    for one in opened:  # the next test's server stands behind the same address
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_address[1]  # type: ignore[misc]
    finally:
        server.shutdown()
        server.server_close()


def head_of(client: socket.socket) -> bytes:
    """Reads a request's head (and maybe some of its body)."""
    data = b""
    while b"\r\n\r\n" not in data and (more := client.recv(65536)):
        data += more
    return data


def saying(data: bytes) -> Callable[[socket.socket], None]:
    """Reads a request and says this."""

    def act(client: socket.socket) -> None:
        head_of(client)
        client.sendall(data)

    return act


__all__ = ["Answer", "Front", "StandIn", "echo", "forward", "head_of", "saying", "speaking"]
