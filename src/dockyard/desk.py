"""A learner's desk, `dockyard lab`: a sandbox, started or joined, and JupyterLab opened on a lab, until Ctrl-C.

Knows nothing about what a lab teaches or a sandbox does: it starts two processes, watches them and ends them.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dockyard.client import Client
from dockyard.content import Lab, open_course, unpack
from dockyard.errors import ContentError, SandboxError
from dockyard.sandbox.environment import kept_environment
from dockyard.sandbox.folder import cure

__all__ = ["Desk", "Wanted"]

#: Real seconds: between two looks at a process, until Jupyter must answer, and until each must have ended. Jupyter has
#: nothing to save by then and is killed; the sandbox may have much to write.
_LOOK, _START, _END_OF_JUPYTER, _END = 0.1, 60.0, 10.0, 120.0
#: JupyterLab asks nobody for news, and reads no stranger's page at its start.
_SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a learner asked for: the data folder, the lab ("" is the first), the sandbox's port, a browser or none."""

    data: Path
    lab: str = ""
    port: int | None = None
    browser: bool = True

    @property
    def folder(self) -> Path:
        """Where the learner's own copies of the labs lie, a folder a lab."""
        return self.data / "labs"


class Desk:
    """A sandbox and a JupyterLab. `say` is told what the learner should read."""

    def __init__(self, wanted: Wanted, say: Say) -> None:
        self.wanted = wanted
        self.say = say

    def work(self) -> None:
        """Open everything, wait for Ctrl-C (or SIGTERM, or the terminal's end), then end and save it.

        Raises SandboxError when something does not start or ends by itself, ContentError for an unknown lab.
        """
        lab = self._unpacked()
        with _asked_to_stop() as stop, ExitStack() as open_until_the_end:
            variables, sandbox = open_until_the_end.enter_context(self._sandbox())
            address, jupyter = open_until_the_end.enter_context(self._jupyter(variables, lab, stop))
            self.say(f"Your labs lie in {self.wanted.folder}")
            self.say(f"JupyterLab is ready at {address}")
            self.say("Save your notebooks and press Ctrl-C here to end; your cloud is kept.")
            if self.wanted.browser:
                # Here and not by Jupyter: a browser born there would take our proxy for the whole of the web.
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
            while not stop.wait(_LOOK):
                _still_there(jupyter, "JupyterLab", self.wanted.data / "jupyter" / "log")
                if sandbox is not None:
                    _still_there(sandbox, "The sandbox", self.wanted.data / "sandbox.log")
            self.say("Ending JupyterLab …" if sandbox is None else "Ending JupyterLab, and saving the cloud …")
        self.say(
            "The sandbox that was there goes on." if sandbox is None else "Saved: `dockyard lab` goes on from here."
        )

    def _unpacked(self) -> Lab:
        """The lab to open; every lab is copied beside it, and what the learner has there stays."""
        if importlib.util.find_spec("jupyterlab") is None:
            raise SandboxError("JupyterLab is not installed here.", next_step="Run: pip install 'dockyard[lab]'.")
        course = open_course()
        if not course.labs:
            raise ContentError("This installation holds no lab.", next_step="Install dockyard again.")
        chosen = course.lab(self.wanted.lab) if self.wanted.lab else course.first
        try:
            self.wanted.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            for lab in course.labs:
                unpack(lab, self.wanted.folder / lab.id)
        except OSError as error:
            raise SandboxError(
                f"The labs cannot be copied to {self.wanted.folder}: {error.strerror}.",
                next_step=f"{cure(error)}, or name another data folder with --data.",
            ) from error
        return chosen

    @contextmanager
    def _sandbox(self) -> Iterator[tuple[dict[str, str], subprocess.Popen[str] | None]]:
        """The variables of the sandbox that runs on this data folder, or of one started now (and its process)."""
        joined = self._running()
        if joined is not None:
            self.say(f"Working with the sandbox that runs at {joined['AWS_ENDPOINT_URL']}")
            yield joined, None
            return
        command = [sys.executable, "-m", "dockyard.cli", "up", "--data", str(self.wanted.data)]
        if self.wanted.port is not None:
            command += ["--port", str(self.wanted.port)]
        log = _own_file(self.wanted.data / "sandbox.log")
        with log.open("w") as complaints:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=complaints, text=True, start_new_session=True
            )
        try:
            self.say(_first_line(process, log))
            yield kept_environment(self.wanted.data, self.wanted.port), process
        finally:
            _end(process, _END)

    def _running(self) -> dict[str, str] | None:
        """The environment of a sandbox that answers for this data folder with this learner's token."""
        try:
            variables = kept_environment(self.wanted.data, self.wanted.port)
            Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"], patience=5).clock()
        except SandboxError:
            return None
        return variables

    @contextmanager
    def _jupyter(
        self, variables: Mapping[str, str], lab: Lab, stop: threading.Event
    ) -> Iterator[tuple[str, subprocess.Popen[str]]]:
        """JupyterLab's address with its token, opened on a lab, and its process."""
        kept = _kept_settings(self.wanted.data / "jupyter")
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser",
            "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=100", f"--ServerApp.root_dir={self.wanted.folder}",
            f"--LabApp.app_settings_dir={kept / 'settings'}", f"--LabApp.workspaces_dir={kept / 'workspaces'}",
        ]  # fmt: skip
        if os.geteuid() == 0:  # in a container, say; Jupyter would refuse, although it serves this machine only
            command.append("--allow-root")
        with (kept / "log").open("w") as log:
            process = subprocess.Popen(
                command, env={**os.environ, **variables}, cwd=self.wanted.folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )  # fmt: skip
        try:
            told = _told_by_jupyter(process, kept / "log", stop)
            token = f"?token={told['token']}" if told.get("token") else ""
            yield f"{told['url']}lab/tree/{quote(lab.id)}/{quote(lab.notebook.name)}{token}", process
        finally:
            _end(process, _END_OF_JUPYTER)


def _kept_settings(folder: Path) -> Path:
    """Where JupyterLab keeps the desk's own settings, workspace and log; the learner's own settings stay theirs."""
    try:
        (folder / "settings").mkdir(parents=True, exist_ok=True)
        (folder / "settings" / "overrides.json").write_text(json.dumps(_SETTINGS))
        _own_file(folder / "log")
    except OSError as error:
        raise SandboxError(
            f"JupyterLab's settings cannot be kept in {folder}: {error.strerror}.",
            next_step=f"{cure(error)}, or name another data folder with --data.",
        ) from error
    return folder


def _told_by_jupyter(process: subprocess.Popen[str], log: Path, stop: threading.Event) -> dict[str, Any]:
    """What a Jupyter server writes down about itself when it is about to serve: `url`, `token`, …"""
    from jupyter_core.paths import jupyter_runtime_dir

    file, end = Path(jupyter_runtime_dir()) / f"jpserver-{process.pid}.json", time.monotonic() + _START
    file.unlink(missing_ok=True)  # of a process long gone that had this number
    while time.monotonic() < end and not stop.is_set():
        _still_there(process, "JupyterLab", log)
        try:
            return dict(json.loads(file.read_text()))
        except (OSError, ValueError):
            stop.wait(_LOOK)
    if stop.is_set():
        raise SandboxError("Stopped before JupyterLab was ready.", next_step="Run `dockyard lab` to begin again.")
    raise SandboxError(f"JupyterLab did not start; {log} says why.", next_step="Run `dockyard doctor`.")


def _own_file(file: Path) -> Path:
    """A file that only this user may read: a log may quote what is secret."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    return file


def _first_line(process: subprocess.Popen[str], log: Path) -> str:
    """What a sandbox says when it is ready; where it ends instead, its sentence is the error."""
    assert process.stdout is not None, "a pipe was asked for"
    line = process.stdout.readline().strip()
    if "ready" in line:
        return line
    process.wait(timeout=_END)
    told = log.read_text().strip()
    raise SandboxError(told or "The sandbox did not start.", next_step="" if told else "Run `dockyard doctor`.")


def _still_there(process: subprocess.Popen[str], name: str, log: Path) -> None:
    if process.poll() is not None:
        next_step = "Run `dockyard lab` again: nothing saved is lost."
        raise SandboxError(f"{name} has ended; {log} may say why.", next_step=next_step)


def _end(process: subprocess.Popen[str], patience: float) -> None:
    """SIGTERM, which both obey by saving; what does not end then is killed."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM or the terminal's end sets; a second Ctrl-C changes nothing."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, kept in before.items():
            signal.signal(number, kept)
