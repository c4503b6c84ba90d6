"""The servers that are compared, Dockyard, moto_server and MiniStack: each a process of its own with a fresh home.

Knows nothing about what is measured; it starts, addresses and stops them.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from dockyard.errors import SandboxError
from dockyard.sandbox.environment import REGION, kept_environment

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
#: A connection is tried so often until the server answers.
POLL_SECONDS = 0.002
#: No server needs so long.
PATIENCE_SECONDS = 60.0
_STRANGER = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")


@dataclass(slots=True, frozen=True)
class Kind:
    """A server that can be started: its name in the table and its program."""

    name: str
    program: Path

    @property
    def installed(self) -> bool:
        """Whether the program is there."""
        return self.program.exists()

    def command(self, port: int, home: Path) -> list[str]:
        """The command line that serves at the port."""
        options = {
            "dockyard": ["up", "--clock", "stepped", "--port", str(port), "--data", str(home / "data")],
            "moto_server": ["-p", str(port)],
            "MiniStack": [],
        }
        return [str(self.program), *options[self.name]]


DOCKYARD = Kind("dockyard", BIN / "dockyard")
MOTO = Kind("moto_server", BIN / "moto_server")
MINISTACK = Kind("MiniStack", ROOT / ".venv-bench" / "bin" / "ministack")


class Server:
    """A running server, answering since `seconds_to_answer` after its process was made."""

    def __init__(self, kind: Kind, home: Path) -> None:
        self.kind = kind
        self.home = home
        self.port = free_port()
        self.variables: dict[str, str] = {}
        environment = {**plain_environment(), "HOME": str(home), "TMPDIR": str(home), "GATEWAY_PORT": str(self.port)}
        environment["BIND_HOST"] = "127.0.0.1"
        command = kind.command(self.port, home)
        started = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=environment, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait_for_answer()
        self.seconds_to_answer = time.perf_counter() - started

    @property
    def endpoint(self) -> str:
        """Where clients send their calls."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def credentials(self) -> Credentials:
        """What clients sign with; only Dockyard minds."""
        if not self.variables:
            return _STRANGER
        return Credentials(self.variables["AWS_ACCESS_KEY_ID"], self.variables["AWS_SECRET_ACCESS_KEY"])

    def client(self, service: str) -> Any:
        """A boto3 client that neither retries nor leaves the machine."""
        session: Any = boto3.Session(self.credentials.access_key, self.credentials.secret_key, region_name=REGION)
        options = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={})
        return session.client(service, endpoint_url=self.endpoint, config=options)

    def control(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A POST to Dockyard's control API."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {"Authorization": f"Bearer {self.variables['DOCKYARD_TOKEN']}", "Content-Type": "application/json"}
        connection.request("POST", f"/_dockyard/{path}", json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status} {content.decode()}")
        return dict(json.loads(content))

    def memory(self) -> tuple[float, float]:
        """Resident and unshared memory in MB, of the process and its children."""
        main = psutil.Process(self.process.pid)
        found = [one.memory_full_info() for one in (main, *main.children(recursive=True))]
        return sum(one.rss for one in found) / 1e6, sum(one.uss for one in found) / 1e6

    def stop(self) -> None:
        """SIGTERM, and wait."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _wait_for_answer(self) -> None:
        give_up = time.perf_counter() + PATIENCE_SECONDS
        headers: dict[str, str] = {}
        while not (headers and answers(self.port, headers)):
            if time.perf_counter() > give_up or self.process.poll() is not None:
                self.process.kill()
                raise RuntimeError(f"{self.kind.name} did not answer ListClusters")
            if not headers and self._knows_credentials():
                headers = list_clusters(self.port, self.credentials)
            time.sleep(POLL_SECONDS)

    def _knows_credentials(self) -> bool:
        """Dockyard's are drawn at birth; they are read from the data folder, without a process, once they are there."""
        if self.kind.name == "dockyard":
            try:
                self.variables = kept_environment(self.home / "data", self.port)
            except SandboxError:
                return False
        return True


@contextmanager
def serving(kind: Kind) -> Iterator[Server]:
    """A fresh server for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as home:
        server = Server(kind, Path(home))
        try:
            yield server
        finally:
            server.stop()


def plain_environment() -> dict[str, str]:
    """This process's environment without what would steer a client or a server elsewhere."""
    steering = ("AWS_", "DOCKYARD_", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    return {name: value for name, value in os.environ.items() if not name.startswith(steering)}


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


_BODY = b"{}"


def list_clusters(port: int, credentials: Credentials) -> dict[str, str]:
    """The headers of a rightly signed ECS ListClusters with the body `{}`."""
    request = AWSRequest("POST", f"http://127.0.0.1:{port}/", data=_BODY)
    request.headers["X-Amz-Target"] = "AmazonEC2ContainerServiceV20141113.ListClusters"
    request.headers["Content-Type"] = "application/x-amz-json-1.1"
    SigV4Auth(credentials, "ecs", REGION).add_auth(request)
    return dict(request.headers.items())


def answers(port: int, headers: dict[str, str]) -> bool:
    """Whether a server at the port answers ListClusters now. Raises RuntimeError when it refuses."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("POST", "/", _BODY, headers)
        answer = connection.getresponse()
        content = answer.read()
    except OSError:
        return False
    finally:
        connection.close()
    if answer.status != 200 or b"clusterArns" not in content:
        raise RuntimeError(f"ListClusters: {answer.status} {content.decode(errors='replace')}")
    return True


#: What SigV4 needs of botocore is loaded now, not while a start is timed.

list_clusters(1, _STRANGER)
