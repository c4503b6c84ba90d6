"""A registry served by uvicorn on a free port, over a real simulation; and a client that speaks plain HTTP to it."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from landscape import Landscape

from dockyard.cloud.account import Account
from dockyard.cloud.ecr.service import Ecr
from dockyard.cloud.simulation import Simulation
from dockyard.containers.blobs import BlobStore
from dockyard.errors import AwsError
from dockyard.sandbox.registry import Registry, Tokens

ACCOUNT = "123456789012"
HERE = "us-east-1"
LEARNER = f"arn:aws:iam::{ACCOUNT}:user/learner"
WALL = 1_900_000_000.0
OCI = "application/vnd.oci.image.manifest.v1+json"


class World(Simulation):
    kinds = {"ecr": Ecr}


def born(account: str = ACCOUNT) -> World:
    return World(Account.born(account, "seed", 1_800_000_000.0), Landscape())


@dataclass
class House:
    """The host's part, as small as it can be: worlds by account, one lock, the calls written down."""

    worlds: dict[str, World] = field(default_factory=lambda: {ACCOUNT: born()})
    lock: Any = field(default_factory=threading.RLock)
    journal: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    #: actions that IAM does not let anybody do, and every question it was asked
    forbidden: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def ecr(self, account: str, region: str) -> Iterator[Ecr]:
        with self.lock:
            yield self.worlds[account].service(Ecr, region)

    def call(
        self, account: str, region: str, principal: str, operation: str, request: dict[str, Any]
    ) -> dict[str, Any]:
        assert principal == LEARNER
        with self.lock:
            self.journal.append((region, operation, json.loads(json.dumps(request))))
            return self.worlds[account].call("ecr", operation, region, request)

    def let_in(self, account: str, region: str, principal: str, action: str, repository: str) -> None:
        self.asked.append((action, repository))
        if action in self.forbidden:
            arn = f"arn:aws:ecr:{region}:{account}:repository/{repository}"
            raise AwsError(
                "AccessDeniedException", f"User: {principal} is not authorized to perform: {action} on {arn}"
            )

    def ask(self, operation: str, region: str = HERE, **request: Any) -> dict[str, Any]:
        """An AWS client's call."""
        self.journal.append((region, operation, request))
        return self.worlds[ACCOUNT].call("ecr", operation, region, request)


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The first error in the specification's JSON."""
        first: dict[str, Any] = json.loads(self.body)["errors"][0]
        return first

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """One request a connection, as `docker` would with these credentials."""

    port: int
    house: House
    blobs: BlobStore
    tokens: Tokens
    token: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Authorization", f"Basic {self.token}")
        connection.request(method, path, body, {name: value for name, value in sent.items() if value})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def push_blob(self, repository: str, content: bytes) -> str:
        digest = digest_of(content)
        answer = self.ask("POST", f"/v2/{repository}/blobs/uploads/?digest={digest}", content)
        assert answer.status == 201, answer.body
        return digest

    def push(
        self, repository: str, tag: str, layer: bytes = b"layer", architecture: str = "amd64", **more: Any
    ) -> tuple[str, bytes]:
        """Push an image of one layer; its digest and manifest."""
        config = json.dumps({"architecture": architecture, "os": "linux", **more}).encode()
        self.push_blob(repository, config)
        self.push_blob(repository, layer)
        manifest = manifest_of(config, layer)
        answer = self.ask("PUT", f"/v2/{repository}/manifests/{tag}", manifest, Content_Type=OCI)
        assert answer.status == 201, answer.body
        return digest_of(manifest), manifest


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def manifest_of(config: bytes, *layers: bytes, **members: Any) -> bytes:
    def described(content: bytes, kind: str) -> dict[str, Any]:
        return {"mediaType": kind, "digest": digest_of(content), "size": len(content)}

    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": OCI,
            "config": described(config, "application/vnd.oci.image.config.v1+json"),
            "layers": [described(one, "application/vnd.oci.image.layer.v1.tar+gzip") for one in layers],
            **members,
        }
    ).encode()


class Wall:
    """The wall clock, set by hand."""

    def __init__(self) -> None:
        self.now = WALL

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


class Stage:
    """What the server serves at the moment."""

    application: Any = None
    port = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.application(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """One server for all tests, as starting one takes longer than a test."""
    served = Stage()
    listener = socket.create_server(("127.0.0.1", 0))
    served.port = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(served, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield served
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def registry(stage: Stage, tmp_path: Path, wall: Wall) -> Iterator[Client]:
    """A client of a served registry; the account has a repository `credit`."""
    house, blobs, tokens = House(), BlobStore(tmp_path / "blobs"), Tokens(b"secret")
    house.ask("CreateRepository", repositoryName="credit")
    stage.application = Registry(blobs, tokens, house, wall=wall)
    token, _ = tokens.issue(ACCOUNT, HERE, LEARNER, wall.now)
    yield Client(stage.port, house, blobs, tokens, token)
    stage.application.close()


@pytest.fixture
def credit() -> str:
    """The repository's path as its URI prints it."""
    return f"{ACCOUNT}/credit"
