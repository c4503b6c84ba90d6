"""What Dockyard needs on this machine, looked at one by one, each with its cure.

Knows nothing about what a running sandbox's cloud holds.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dockyard.client import Client
from dockyard.errors import DockyardError, SandboxError
from dockyard.sentences import clock_sentence

LEAST_PYTHON = (3, 11)
LEAST_FREE = 500 * 1024 * 1024
DEFAULT_PORT = 4566


@dataclass(slots=True, frozen=True)
class Finding:
    """One thing looked at; `cure` is what to do where it is not good."""

    good: bool
    what: str
    cure: str = ""


def findings(data: Path, port: int | None) -> list[Finding]:
    """Everything looked at."""
    return [
        _python(),
        _port(port or DEFAULT_PORT),
        _disk(data),
        *_proxies(),
        *_packages(),
        *_clients(),
        _runtime(),
        _clock(),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(sys.version_info >= LEAST_PYTHON, f"Python {version}", "Install Python 3.11 or newer.")


def _port(port: int) -> Finding:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free = listener.connect_ex(("127.0.0.1", port)) != 0
    if free:
        return Finding(True, f"port {port} is free")
    try:
        Client(f"http://127.0.0.1:{port}", "", patience=5).health()
    except SandboxError:
        cure = "Stop what listens there, or choose another: dockyard up --port N."
        return Finding(False, f"port {port} is taken", cure)
    return Finding(True, f"port {port}: a sandbox is running there")


def _disk(data: Path) -> Finding:
    folder = next(one for one in (data, *data.parents) if one.exists())
    free, writable = shutil.disk_usage(folder).free, os.access(folder, os.W_OK)
    what = f"data folder {data}: {free // 2**20} MB free"
    return Finding(writable and free > LEAST_FREE, what, "Choose a folder you may write to, with room: --data DIR.")


def _proxies() -> Iterator[Finding]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        if value := os.environ.get(name):
            exempt = "127.0.0.1" in os.environ.get("no_proxy", os.environ.get("NO_PROXY", ""))
            ours = value.startswith("http://127.0.0.1")
            yield Finding(exempt or ours, f"{name} is set", "Run: export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1")


def _packages() -> Iterator[Finding]:
    for name in ("jupyterlab", "nbclient", "flask", "sklearn"):
        found = importlib.util.find_spec(name) is not None
        yield Finding(found, f"Python package {name}", "Install the labs' extra: pip install 'dockyard[lab]'.")


def _clients() -> Iterator[Finding]:
    """Clients on the path are a convenience: the labs use the Python SDKs, so a missing one is no fault."""
    for name in ("docker", "aws", "skopeo"):
        path = shutil.which(name)
        yield Finding(True, f"{name}: {path or 'not installed (the labs do without)'}")


def _runtime() -> Finding:
    return Finding(True, "runtime: modelled (containers of tasks are simulated, none runs on this machine yet)")


def _clock() -> Finding:
    try:
        pace = clock_sentence(Client.from_environment().clock())
    except DockyardError:
        pace = "The clock of `dockyard up` is live, and rests when nobody waits; --clock stepped is for tests."
    return Finding(True, f"clock: {pace}")
