"""A learner's account without a socket: boto3-like clients whose requests go straight to it, through the journal."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from dockyard.sandbox import wire
from dockyard.sandbox.direct import direct_client
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.learner import Learner

START = 1_800_000_000.0
REGION = "us-east-1"


def open_learner(folder: Path, seed: str = "seed") -> Learner:
    """The account in this folder, new or kept."""
    return Learner.open(folder, seed=seed, start=START, port=4566)


class Direct:
    """Clients of one learner, by service and region. `learner` may be exchanged: clients stay."""

    def __init__(self, learner: Learner) -> None:
        self.learner = learner

    @functools.cache  # noqa: B019 -- lives as long as the test
    def client(self, service: str, region: str = REGION) -> Any:
        """A client of a service."""
        return direct_client(service, region, self._answer)

    def _answer(self, http: HttpRequest) -> HttpResponse:
        call = wire.recognise(http.method, http.path, http.query, http.headers, http.body)
        return self.learner.answer(call, http, self.learner.birth.learner)
