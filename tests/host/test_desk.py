"""`dockyard lab`: a sandbox and JupyterLab on the first lab, kernels that know it, and an end that saves."""

from __future__ import annotations

import json
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_core.paths import jupyter_runtime_dir
from running import COMMAND, free_port, running

from dockyard.content import open_course

LAB = "00-worked-example"


class Desk:
    """A running `dockyard lab`; `said` is what it told before it waits."""

    def __init__(self, data: Path, *options: str) -> None:
        command = [*COMMAND, "lab", "--no-browser", "--data", str(data), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.said: list[str] = []
        while not (self.said and "Ctrl-C" in self.said[-1]):
            line = self.process.stdout.readline()
            assert line, self.process.communicate()
            self.said.append(line.strip())
        self.address = next(line.split(" at ")[1] for line in self.said if line.startswith("JupyterLab is ready"))

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.leave()

    def leave(self) -> str:
        """Ctrl-C; what it says then."""
        self.process.send_signal(signal.SIGINT)
        told, complaint = self.process.communicate(timeout=60)
        assert complaint == ""
        assert self.process.returncode == 0
        return told

    def jupyter(self, path: str, *, token: bool = True, method: str = "GET") -> tuple[int, Any]:
        """A request to Jupyter's API."""
        base, _, query = self.address.partition("/lab/")
        request = urllib.request.Request(f"{base}/api/{path}", method=method)
        if token:
            request.add_header("Authorization", f"token {query.partition('token=')[2]}")
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, None


def in_kernel(kernel: str, code: str) -> str:
    """What a cell prints in a kernel that Jupyter has started."""
    client = BlockingKernelClient(connection_file=str(Path(jupyter_runtime_dir()) / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.hb_channel.time_to_dead = 60.0  # a busy machine is slow, not dead
    client.start_channels()
    printed: list[str] = []
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(
            code, output_hook=lambda message: printed.append(str(message["content"].get("text", ""))), timeout=60
        )
    finally:
        client.stop_channels()
    return "".join(printed)


def test_it_opens_on_the_first_lab_and_its_kernels_know_the_sandbox(tmp_path: Path) -> None:
    port = free_port()
    with Desk(tmp_path, "--port", str(port)) as desk:
        assert desk.said[0] == f"Dockyard is ready at http://127.0.0.1:{port}"
        assert desk.address.startswith("http://127.0.0.1:")
        assert f"/lab/tree/{open_course().first.id}/lab.ipynb?token=" in desk.address
        assert desk.jupyter("contents", token=False)[0] == 403
        assert sorted(one["name"] for one in desk.jupyter("contents")[1]["content"]) == [
            one.id for one in open_course().labs
        ]
        _, kernel = desk.jupyter("kernels", method="POST")
        told = in_kernel(
            kernel["id"], "import os; from dockyard import lab; print(os.environ['AWS_ENDPOINT_URL'], lab.now())"
        )
        assert told.startswith(f"http://127.0.0.1:{port} 20")
        assert "Saved" in desk.leave()
    assert (tmp_path / "snapshot.pickle").is_file()
    assert (tmp_path / "jupyter" / "log").stat().st_mode & 0o077 == 0


def test_what_the_learner_wrote_stays_and_a_running_sandbox_is_joined(tmp_path: Path) -> None:
    mine = tmp_path / "data" / "labs" / LAB / "app.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with running(tmp_path / "data") as up:
        with Desk(tmp_path / "data", "--port", str(up.port)) as desk:
            assert desk.said[0] == f"Working with the sandbox that runs at http://127.0.0.1:{up.port}"
            assert "goes on" in desk.leave()
        assert up.control("GET", "clock")[0] == 200
    assert mine.read_text() == "mine"
    assert (mine.parent / "lab.ipynb").is_file()


def refused(*words: str) -> str:
    """The one sentence of a `dockyard lab` that does not start."""
    done = subprocess.run([*COMMAND, "lab", "--no-browser", *words], capture_output=True, text=True)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    return done.stderr


def test_what_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    assert "There is no lab 'nothing'. Known:" in refused("nothing", "--data", str(tmp_path))
    with running(tmp_path / "theirs") as other:
        taken = refused("--data", str(tmp_path / "mine"), "--port", str(other.port))
        assert f"Port {other.port} on 127.0.0.1 is taken." in taken
        elsewhere = refused("--data", str(tmp_path / "theirs"), "--port", str(free_port()))
        assert "Another sandbox uses the data folder" in elsewhere
    (tmp_path / "file").touch()
    assert "cannot be copied to" in refused("--data", str(tmp_path / "file"))
