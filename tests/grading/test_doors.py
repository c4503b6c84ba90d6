"""The client and the notebook's door: what they ask a sandbox for, and one sentence where there is none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from dockyard.client import Client
from dockyard.errors import ContentError, SandboxError
from dockyard.grading import CheckResult, Report, StepReport, Verdict
from dockyard.notebook import Door, Said

REPORT = Report(
    "01-small", "Small", "2026-01-05T08:00:00Z", (StepReport("a", "A", 5, (CheckResult("x", "X.", Verdict.PASSED),)),)
)


class Control(BaseHTTPRequestHandler):
    """As much of the control API as a client needs: it keeps what was asked and moves a clock."""

    asked: list[tuple[str, str, Any]]
    seconds: float

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Any) -> None:
        status, told = self._told(body)
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _told(self, body: Any) -> tuple[int, Any]:
        kind = type(self)
        kind.asked.append((self.command, self.path, body))
        if self.headers["Authorization"] != "Bearer secret":
            return 401, {"message": "This token does not open the sandbox."}
        if self.path.startswith("/_dockyard/checks/01-small/nothing"):
            return 404, {"message": "Lab 01-small has no step 'nothing'.", "next_step": "Known: a."}
        if self.path.startswith("/_dockyard/checks/"):
            return 200, REPORT.as_json()
        kind.seconds += (body or {}).get("seconds", 0) if self.path.endswith("advance") else 0
        return 200, {"now": f"2026-01-05T08:{kind.seconds / 60:02.0f}:00Z", "mode": "stepped", "speed": 20}

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def control(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Control]]:
    kind = type("Fresh", (Control,), {"asked": [], "seconds": 0.0})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("DOCKYARD_TOKEN", "secret")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # a proxy must not stand between us and the sandbox
    yield kind
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_check_is_asked_for_and_shown(control: type[Control]) -> None:
    shown = Door("01-small").check("a")
    assert control.asked == [("POST", "/_dockyard/checks/01-small/a", {})]
    assert "A: passed (5 of 5)" in repr(shown)
    assert "A</strong>" in shown._repr_html_()


def test_waiting_lets_time_pass_until_the_condition_holds(control: type[Control]) -> None:
    assert Door().wait(120) == "2026-01-05T08:02:00Z"
    answers = iter([False, False, True])
    Door().wait(lambda: next(answers))
    assert control.seconds == 150
    with pytest.raises(Said, match="not happen within 30 simulated seconds"):
        Door().wait(lambda: False, at_most=30)


def test_traffic_is_offered_by_name(control: type[Control]) -> None:
    Door().traffic("front", 90, cpu_ms=20, seconds=600)
    said = Door().traffic("front", 90, cpu_ms=20, seconds=600, lasts=12.5)
    offer = {"load_balancer": "front", "requests_per_second": 90, "cpu_ms": 20, "seconds": 600}
    asked = [("POST", "/_dockyard/traffic", one) for one in (offer, {**offer, "lasts": 12.5})]
    assert control.asked == asked
    assert said == "90 requests a second × 20 ms to front, each in flight for 12.5 s"


def test_a_refusal_keeps_its_sentence(control: type[Control], monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    with pytest.raises(ContentError, match=r"no step 'nothing'\. Known: a\."):
        Client.from_environment().check("01-small", "nothing")
    monkeypatch.setenv("DOCKYARD_TOKEN", "stale")
    with pytest.raises(SandboxError, match="does not open the sandbox"):
        Client.from_environment().clock()


def test_without_a_sandbox_one_sentence_names_the_command() -> None:
    with pytest.raises(SandboxError, match="Start one in a terminal: dockyard up"):
        Client.from_environment({})
    with pytest.raises(SandboxError, match=r"No sandbox answers at http://127\.0\.0\.1:9\..*dockyard up"):
        Client("http://127.0.0.1:9", "secret").health()


def test_a_notebook_shows_the_sentence_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(Said) as caught:
        Door("01-small").check("a")
    (line,) = caught.value._render_traceback_()
    assert line.startswith("No Dockyard sandbox is set up here. Start one in a terminal: dockyard up")


def test_a_kernel_pays_for_neither_simulator_nor_moto() -> None:
    program = "import sys; from dockyard import lab; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "dockyard.client" in loaded
    for heavy in ("dockyard.cloud", "dockyard.sandbox", "dockyard.containers", "moto", "boto3", "botocore", "altair"):
        assert heavy not in loaded
