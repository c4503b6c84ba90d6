"""Real boto3 clients of one world's neighbours, without a port or a signature to check.

Knows nothing about moto.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from dockyard.cloud.account import Account
from dockyard.cloud.network import Interface
from dockyard.errors import AwsError
from dockyard.sandbox import wire
from dockyard.sandbox.direct import answered_here
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.moto import Asked, MotoWorld

STARTED = 1_800_000_000.0
ACCOUNT = "123456789012"
LEARNER = "AKIADOCKYARDLEARNER0"


def world(seed: str = "S", account: str = ACCOUNT) -> MotoWorld:
    """A new account's neighbours."""
    return MotoWorld(account, seed=seed, started=STARTED)


def neighbours_of(world: MotoWorld) -> Asked:
    """What the simulator asks, of an account without repositories."""
    return Asked(world, Account.born(ACCOUNT, "S", STARTED))


@dataclass
class Line:
    """What a client's requests reach: a world, the moment, what its chance is drawn from, and every answer's body."""

    world: MotoWorld
    now: float = STARTED + 3600
    seed: str = "call"
    answers: list[bytes] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)

    def answer(self, http: HttpRequest) -> HttpResponse:
        """The world's answer, or its refusal."""
        sent = (http.method, http.path, http.query, http.headers, http.body)
        try:
            answer = self.world.call(
                *sent, now=self.now, seed=f"{self.seed} {len(self.answers)}", interfaces=self.interfaces
            )
        except AwsError as error:
            answer = wire.refuse(wire.recognise(*sent), error, "request")
        self.answers.append(answer[2])
        return HttpResponse(*answer)


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
    return answered_here(made, line.answer)
