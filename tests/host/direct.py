"""A learner's account without a socket: boto3-like clients whose requests go straight to it, through the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dockyard.sandbox import wire
from dockyard.sandbox.direct import direct_client
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.learner import Learner

START = 1_800_000_000.0
REGION = "us-east-1"


def open_learner(folder: Path, seed: str = "seed") -> Learner:
    """The account in this folder, new or kept; whoever opens it closes it (`with`)."""
    return Learner.open(folder, seed=seed, start=START, port=4566)


class Direct:
    """Clients of one learner, by service and region, for as long as the `with` block. `learner` may be exchanged."""

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        self._clients: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> Direct:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.learner.close()

    def client(self, service: str, region: str = REGION) -> Any:
        """A client of a service."""
        if (service, region) not in self._clients:
            self._clients[service, region] = direct_client(service, region, self._answer)
        return self._clients[service, region]

    def _answer(self, http: HttpRequest) -> HttpResponse:
        call = wire.recognise(http.method, http.path, http.query, http.headers, http.body)
        return self.learner.answer(call, http, self.learner.birth.learner)
