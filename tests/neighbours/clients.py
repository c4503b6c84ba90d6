"""Real boto3 clients of one world's neighbours, without a port or a signature to check.

Knows nothing about moto.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from dockyard.cloud.network import Interface
from dockyard.errors import AwsError
from dockyard.sandbox import wire
from dockyard.sandbox.moto import MotoWorld

STARTED = 1_800_000_000.0
ACCOUNT = "123456789012"
LEARNER = "AKIADOCKYARDLEARNER0"


def world(seed: str = "S", account: str = ACCOUNT) -> MotoWorld:
    """A new account's neighbours."""
    return MotoWorld(account, seed=seed, started=STARTED)


@dataclass
class Line:
    """What a client's requests reach: a world, the moment, what its chance is drawn from, and every answer's body."""

    world: MotoWorld
    now: float = STARTED + 3600
    seed: str = "call"
    answers: list[bytes] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)

    def answer(self, *sent: Any) -> tuple[int, dict[str, str], bytes]:
        """The world's answer, or its refusal."""
        try:
            answer = self.world.call(
                *sent, now=self.now, seed=f"{self.seed} {len(self.answers)}", interfaces=self.interfaces
            )
        except AwsError as error:
            answer = wire.refuse(wire.recognise(*sent), error, "request")
        self.answers.append(answer[2])
        return answer


def client(
    asked: MotoWorld | Line, service: str, region: str = "us-east-1", *, seed: str = "call", key: str = LEARNER
) -> Any:
    """A client whose requests this world answers."""
    line = asked if isinstance(asked, Line) else Line(asked, seed=seed)
    made = boto3.client(
        service,
        region,
        endpoint_url="http://127.0.0.1:4566",
        aws_access_key_id=key,
        aws_secret_access_key="not looked at here",
        config=Config(retries={"total_max_attempts": 1}),
    )

    def caught(request: Any, **_: Any) -> AWSResponse:
        parts = urlsplit(request.url)
        headers = {name.lower(): one if isinstance(one, str) else one.decode() for name, one in request.headers.items()}
        body = request.body or b""
        body = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else body
        status, named, content = line.answer(request.method, parts.path, parts.query, headers, body)
        raw = io.BytesIO(content)
        raw.stream = lambda **_: iter([content])  # type: ignore[attr-defined]
        return AWSResponse(request.url, status, named, raw)

    made.meta.events.register("before-send.*.*", caught)
    return made
