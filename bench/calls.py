"""Single boto3 calls to a warm server on which the worked example was built.

Knows nothing about how servers answer. Each kind is called on both servers in turn: seven
kinds are of services that Dockyard simulates, three of neighbours that moto answers in both.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from example import Example
from report import Found, Row, amount, timed
from servers import DOCKYARD, MOTO, Server, serving

WARM_UP, TIMES = 10, 100
Calls = dict[str, Callable[[], Any]]

SIMULATED = (
    "ecs ListClusters", "ecs DescribeServices", "ecs RegisterTaskDefinition", "ecr DescribeRepositories",
    "elbv2 DescribeLoadBalancers", "cloudwatch PutMetricData", "logs PutLogEvents",
)  # fmt: skip
NEIGHBOURS = ("ec2 DescribeSubnets", "iam GetRole", "s3 GetObject")


def measure() -> Found:
    """A row for each group: the median over its kinds of each kind's median."""
    with serving(DOCKYARD) as ours, serving(MOTO) as peer:
        both = [prepared(ours), prepared(peer)]
        middle = {kind: _alternate(both, kind) for kind in (*SIMULATED, *NEIGHBOURS)}
    rows = [
        _row("calls: 7 kinds to simulated services", SIMULATED, 0.7, middle),
        _row("calls: 3 kinds to neighbours", NEIGHBOURS, 1.3, middle),
    ]
    notes = [f"{kind}: {amount(a)} ms, moto_server {amount(b)} ms, {a / b:.2f} x" for kind, (a, b) in middle.items()]
    return Found(rows, notes)


def prepared(server: Server) -> Calls:
    """The kinds of call, on a server on which the worked example was built as far as it could be."""
    example = Example(server)
    example.accepted()
    clients = {**example.clients, "s3": server.client("s3")}
    clients["s3"].create_bucket(Bucket="models")
    clients["s3"].put_object(Bucket="models", Key="model.pkl", Body=b"m" * 100_000)
    clients["logs"].create_log_stream(logGroupName=f"/ecs/{example.name}", logStreamName="bench")
    return _calls(clients, example.name)


def _calls(clients: dict[str, Any], name: str) -> Calls:
    container = {"name": "api", "image": "nginx", "memory": 512, "portMappings": [{"containerPort": 8080}]}
    point = {"MetricName": "queue", "Value": 1.0, "Dimensions": [{"Name": "Service", "Value": "api"}]}
    calls: tuple[Callable[[], Any], ...] = (
        lambda: clients["ecs"].list_clusters(),
        lambda: clients["ecs"].describe_services(cluster=name, services=["api"]),
        lambda: clients["ecs"].register_task_definition(family="one", containerDefinitions=[container]),
        lambda: clients["ecr"].describe_repositories(),
        lambda: clients["elbv2"].describe_load_balancers(),
        lambda: clients["cloudwatch"].put_metric_data(Namespace="bench", MetricData=[point]),
        lambda: clients["logs"].put_log_events(
            logGroupName=f"/ecs/{name}", logStreamName="bench",
            logEvents=[{"timestamp": int(datetime.now(UTC).timestamp() * 1000), "message": "a request"}],
        ),
        lambda: clients["ec2"].describe_subnets(),
        lambda: clients["iam"].get_role(RoleName=name),
        lambda: clients["s3"].get_object(Bucket="models", Key="model.pkl")["Body"].read(),
    )  # fmt: skip
    return dict(zip((*SIMULATED, *NEIGHBOURS), calls, strict=True))


def _alternate(both: list[Calls], kind: str) -> tuple[float, float]:
    """The medians of a kind of call in milliseconds, ours and the peer's, called in turn."""
    seconds: list[list[float]] = [[], []]
    for run in range(WARM_UP + TIMES):
        for place, calls in enumerate(both):
            taken = timed(calls[kind])
            if run >= WARM_UP:
                seconds[place].append(taken)
    return 1000 * median(seconds[0]), 1000 * median(seconds[1])


def _row(figure: str, kinds: tuple[str, ...], bar: float, middle: dict[str, tuple[float, float]]) -> Row:
    ours, theirs = (median(middle[kind][place] for kind in kinds) for place in (0, 1))
    return Row(figure, ours, "ms", bar, MOTO.name, theirs)
