"""What Dockyard needs on this machine, looked at one by one, each with its cure.

Knows nothing about what a running sandbox's cloud holds.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from dockyard.client import Client
from dockyard.errors import DockyardError, SandboxError
from dockyard.sandbox.journal import JOURNAL_FILE
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
    here = [_python(), _port(port or _own_port(data)), _disk(data), *_proxies()]
    return [*here, *_packages(), _kernel(), *_clients(), _terminal(), _engine(), _runtime(), _clock(), *_behind()]


def _own_port(data: Path) -> int:
    """The port that an account was born with, or the usual one."""
    with suppress(OSError, ValueError, KeyError, TypeError), (data / JOURNAL_FILE).open() as journal:
        return int(json.loads(journal.readline())["port"])
    return DEFAULT_PORT


def _python() -> Finding:
    mine = ".".join(map(str, sys.version_info[:3]))
    return Finding(sys.version_info >= LEAST_PYTHON, f"Python {mine}", "Install Python 3.11 or newer.")


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
    for name in ("jupyterlab", "ipykernel", "nbclient", "altair", "flask", "scikit-learn"):
        try:
            yield Finding(True, f"Python package {name} {version(name)}")
        except PackageNotFoundError:
            yield Finding(False, f"Python package {name} is missing", "Run: pip install 'dockyard[lab]'.")


def _kernel() -> Finding:
    """Notebooks must run in a Python that has Dockyard: the kernel python3 of this environment."""
    cure = f"Run: {sys.executable} -m ipykernel install --sys-prefix"
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except ImportError:
        return Finding(False, "notebook kernels: Jupyter is missing", "Run: pip install 'dockyard[lab]'.")
    except NoSuchKernel:
        return Finding(False, "notebook kernels: there is none for Python", cure)
    # jupyter_client starts a bare `python` as the interpreter that it runs in itself
    same = program.startswith("python") or Path(program).parent == Path(sys.executable).parent
    return Finding(same, f"notebook kernels run in {sys.executable if same else program}", cure)


def _clients() -> Iterator[Finding]:
    """Clients on the path are a convenience: the labs use the Python SDKs, so a missing one is no fault."""
    for name in ("docker", "aws", "skopeo"):
        path = shutil.which(name)
        yield Finding(True, f"{name}: {path or 'not installed (the labs do without)'}")


def _terminal() -> Finding:
    """Whether this terminal's AWS clients go to a sandbox; where nothing is set, the labs say so themselves."""
    address = os.environ.get("AWS_ENDPOINT_URL")
    if not address:
        return Finding(True, 'this terminal: not set up for a sandbox yet; eval "$(dockyard env)" does it')
    try:
        Client(address.rstrip("/"), os.environ.get("DOCKYARD_TOKEN", ""), patience=5).clock()
    except SandboxError as error:
        cure = 'Start it with `dockyard up`, then run eval "$(dockyard env)" here again.'
        return Finding(False, f"this terminal is set up for {address}: {error.message}", cure)
    return Finding(True, f"this terminal works with the sandbox at {address}")


def _engine() -> Finding:
    """Which Docker Engine a client here would meet."""
    address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    kind, _, path = address.partition("://")
    if kind != "unix":
        return Finding(True, f"Docker Engine: {address} (not looked at; the labs use the sandbox's own)")
    with socket.socket(socket.AF_UNIX) as engine:
        engine.settimeout(2)
        try:
            engine.connect(path)
        except OSError:
            return Finding(True, f"Docker Engine: none answers at {path} (the labs use the sandbox's own)")
    return Finding(True, f"Docker Engine: one answers at {path}")


def _runtime() -> Finding:
    """How containers are kept apart here; plain is no fault, but bubblewrap is better."""
    from dockyard.runtime.isolations import isolation_sentence

    return Finding(True, f"runtime: {isolation_sentence()}")


def _behind() -> Iterator[Finding]:
    """What the environment names to stand behind the sandbox; without the variables nothing does."""
    for variable, name, service in (
        ("DOCKYARD_LOCALSTACK_URL", "LocalStack", "localstack"),
        ("DOCKYARD_REGISTRY_URL", "the registry's storage", "registry"),
    ):
        if url := os.environ.get(variable):
            cure = f"Start it (docker compose up -d {service}), or unset {variable}: the sandbox does without."
            yield Finding(_answers(url), f"{name} at {url}", cure)


def _answers(url: str) -> bool:
    """Whether somebody takes connections there."""
    try:
        parts = urlsplit(url)
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=3).close()
    except (OSError, ValueError):
        return False
    return True


def _clock() -> Finding:
    try:
        pace = clock_sentence(Client.from_environment().clock())
    except DockyardError:
        pace = "The clock of `dockyard up` is live, and rests when nobody waits; --clock stepped is for tests."
    return Finding(True, f"clock: {pace}")
