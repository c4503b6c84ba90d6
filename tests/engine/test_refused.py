"""What this engine does not have is answered in one sentence with the way round: the cases of `refused.txt`.

A case is two lines: a request, METHOD PATH and a body; `create` with a HostConfig; or `exec` with a command. Then its
status and its sentence; with 201 the sentence is a warning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.test_socket import asked

from dockyard.sandbox.engine import Engine, routes, wishes

TEXT = Path(__file__).with_name("refused.txt")
IMAGE = "python:3.11-slim"


def cases() -> Iterator[tuple[str, int, str]]:
    lines = [line for line in TEXT.read_text().splitlines() if line and not line.startswith("#")]
    for request, answer in zip(lines[::2], lines[1::2], strict=True):
        status, _, sentence = answer.partition(" ")
        yield request, int(status), sentence


CASES = list(cases())


def carried_out(engine: Engine, request: str) -> tuple[int, str]:
    """The answer to a case's request; of a container that was made its one warning."""
    what, _, text = request.partition(" ")
    if what == "create":
        body = {"Image": IMAGE, "Cmd": ["true"], "HostConfig": json.loads(text)}
        status, said = asked(engine, "POST", "/containers/create", json.dumps(body).encode())
        return (status, "; ".join(json.loads(said)["Warnings"])) if status == 201 else (status, said)
    if what == "exec":
        return asked(engine, "POST", "/containers/one/exec", text.encode())
    path, _, sent = text.partition(" ")
    return asked(engine, what, path, sent.encode())


@pytest.fixture
def running(engine: Engine) -> Engine:
    """An engine with a container that runs."""
    assert asked(engine, "POST", "/images/create?fromImage=python&tag=3.11-slim")[0] == 200
    body = json.dumps({"Image": IMAGE, "Cmd": ["sleep", "600"]}).encode()
    assert asked(engine, "POST", "/containers/create?name=one", body)[0] == 201
    assert asked(engine, "POST", "/containers/one/start")[0] == 204
    return engine


def test_each_says_what_is_not_there_and_the_way_round(running: Engine) -> None:
    said = [(request, *carried_out(running, request)) for request, _, _ in CASES]
    assert said == CASES


def test_every_refusal_that_stands_in_a_table_is_a_case() -> None:
    tables = (wishes._REFUSED, wishes._SHARED, wishes._WARNED)
    written = [sentence for table in tables for sentence in table.values()]
    written += [sentence for _, sentence in routes._NOT_OFFERED]
    assert set(written) - {sentence for _, _, sentence in CASES} == set()
