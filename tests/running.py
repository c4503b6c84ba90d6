"""A real `dockyard up` as a process on a free port, for tests that need the whole host."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from dockyard.demo import free_port

COMMAND = [sys.executable, "-m", "dockyard.cli"]


class Running:
    """A running sandbox: its process, its port, and what its clients need."""

    def __init__(self, data: Path, *options: str, port: int | None = None) -> None:
        self.data = data
        self.port = port or free_port()
        command = [*COMMAND, "up", "--clock", "stepped", "--port", str(self.port), "--data", str(data), *options]
        began = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline().strip()
        self.seconds_to_ready = time.perf_counter() - began
        printed = subprocess.run(
            [*COMMAND, "env", "--data", str(data), "--port", str(self.port), "--format", "json"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        self.variables: dict[str, str] = json.loads(printed)

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment for a client process."""
        return {**os.environ, **self.variables}

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A real boto3 client."""
        return boto3.client(
            service, region_name=region, endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            aws_access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
        )  # fmt: skip

    def control(self, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
        """A request to the control API: status and JSON."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/_dockyard/{path}", method=method)
        request.add_header("Authorization", f"Bearer {self.variables['DOCKYARD_TOKEN'] if token is None else token}")
        request.data = json.dumps(body).encode() if body is not None else None
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        _, self.stderr = self.process.communicate(timeout=30)
        return self.process.returncode


@contextmanager
def running(data: Path, *options: str, port: int | None = None) -> Iterator[Running]:
    """A sandbox for as long as the block runs."""
    sandbox = Running(data, *options, port=port)
    try:
        yield sandbox
    finally:
        if sandbox.process.poll() is None:
            sandbox.stop()
