"""`dockyard doctor`: what is missing has a cure, and what is ours is no trouble."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from running import free_port, running

from dockyard.doctor import Finding, findings


def about(word: str, data: Path, port: int | None = None) -> Finding:
    """The one finding whose sentence begins with a word."""
    (found,) = [one for one in findings(data, port) if one.what.startswith(word)]
    return found


def test_a_sandbox_on_the_port_is_no_trouble_and_anybody_else_is(tmp_path: Path) -> None:
    assert about("port", tmp_path, free_port()).good
    with running(tmp_path / "data") as up:
        assert about("port", tmp_path, up.port) == Finding(True, f"port {up.port}: a sandbox is running there")
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0)
        taken = about("port", tmp_path, other.getsockname()[1])
    assert not taken.good
    assert "dockyard up --port" in taken.cure


def test_a_proxy_that_would_stand_between_us_has_a_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY", "all_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    assert "no_proxy=127.0.0.1" in about("http_proxy", tmp_path).cure
    assert not about("http_proxy", tmp_path).good
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert about("http_proxy", tmp_path).good


def test_what_stands_behind_the_sandbox_is_looked_at_where_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [one for one in findings(tmp_path, None) if one.what.startswith("LocalStack")]
    with socket.create_server(("127.0.0.1", 0)) as there:
        monkeypatch.setenv("DOCKYARD_LOCALSTACK_URL", f"http://127.0.0.1:{there.getsockname()[1]}")
        assert about("LocalStack", tmp_path).good
    for away in (f"http://127.0.0.1:{free_port()}", "http://host:port"):
        monkeypatch.setenv("DOCKYARD_REGISTRY_URL", away)
        assert "docker compose up -d registry" in about("the registry's storage", tmp_path).cure
        assert not about("the registry's storage", tmp_path).good


def test_the_port_looked_at_is_the_accounts_own(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text('{"port": 4999}\n')
    assert "4999" in about("port", tmp_path).what
    (tmp_path / "journal.jsonl").write_text("garbage\n")
    assert "4566" in about("port", tmp_path).what


def test_notebooks_run_in_this_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert about("notebook kernels", tmp_path).good
    elsewhere = tmp_path / "kernels" / "python3"
    elsewhere.mkdir(parents=True)
    (elsewhere / "kernel.json").write_text('{"argv": ["/another/python"], "display_name": "Python", "language": ""}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = about("notebook kernels", tmp_path)
    assert not found.good
    assert "ipykernel install" in found.cure


def test_a_terminal_set_up_for_a_sandbox_that_is_gone_has_a_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert "not set up" in about("this terminal", tmp_path).what
    with running(tmp_path / "data") as up:
        monkeypatch.setenv("AWS_ENDPOINT_URL", up.variables["AWS_ENDPOINT_URL"])
        monkeypatch.setenv("DOCKYARD_TOKEN", up.variables["DOCKYARD_TOKEN"])
        assert about("this terminal", tmp_path).good
    assert "dockyard up" in about("this terminal", tmp_path).cure
