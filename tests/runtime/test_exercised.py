"""An image exercised for a check: what its port is like, a file laid over its own, its end with a request in hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from dockyard.grading import Ask, Exercise, InHand, Wish
from dockyard.runtime.wanted import Wanted
from dockyard.sandbox.asking import Door, door
from dockyard.sandbox.exercises import STARTS_WITHIN, Exercises
from dockyard.sandbox.known import Known
from dockyard.sandbox.known_exercises import KnownExercises
from dockyard.sandbox.tried_container import on_trial

from .conftest import BASE, Running

pytestmark = pytest.mark.anyio
SERVER = """
import http.server, signal, sys, time

class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        word = open("word.txt").read()
        if word == "fails":
            raise SystemExit(3)
        print(f"working on {word}", flush=True)
        time.sleep(1)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(word.encode())

server = http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Answers)
server.daemon_threads = DAEMON
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
try:
    server.serve_forever()
finally:
    server.server_close()
"""
DOCKERFILE = f'FROM {BASE}\nRUN useradd app\nWORKDIR /app\nCOPY . .\nUSER app\nCMD ["python", "server.py"]\n'


def exercises(running: Running, cache: Path) -> Exercises:
    known = KnownExercises(Known(cache, running.containers.isolation))
    return Exercises(running.containers, known, asyncio.get_running_loop())


async def exercised(
    running: Running, build: Callable[..., str], cache: Path, *, waits: bool, word: str = "slow"
) -> Exercise:
    program = SERVER.replace("DAEMON", str(not waits))
    image = build(f"in-hand-{waits}".lower(), DOCKERFILE, server_py=program, **{"word.txt": ""})
    wish = Wish(8080, stop=True, files=(("/app/word.txt", word.encode()),), in_hand=InHand(Ask("/"), "working on slow"))
    return await asyncio.to_thread(exercises(running, cache), image, wish, {})


async def test_a_request_in_hand_is_answered_or_lost_whatever_the_exit_code(
    running: Running, build: Callable[..., str], tmp_path: Path
) -> None:
    kept = await exercised(running, build, tmp_path, waits=True)
    lost = await exercised(running, build, tmp_path, waits=False)
    assert kept.in_hand is not None
    assert lost.in_hand is not None
    assert (kept.in_hand.status, kept.in_hand.text, kept.stop_code) == (200, "slow", 0)
    assert (lost.in_hand.status, lost.stop_code) == (0, 0)


async def test_what_never_comes_in_hand_does_not_hold_the_stop_up(
    running: Running, build: Callable[..., str], tmp_path: Path
) -> None:
    did = await exercised(running, build, tmp_path, waits=True, word="fails")
    assert did.in_hand is not None
    assert (did.in_hand.status, did.stop_code) == (0, 0)


async def test_a_server_that_listens_for_itself_is_known_though_it_never_rests(
    running: Running, build: Callable[..., str]
) -> None:
    busy = "import threading\nthreading.Thread(target=lambda: sum(iter(int, 1)), daemon=True).start()\ntry:"
    program = SERVER.replace("DAEMON", "True").replace("0.0.0.0", "127.0.0.1").replace("try:", busy)
    image = build("for-itself", DOCKERFILE, server_py=program, **{"word.txt": ""})
    async with on_trial(running.containers, Wanted(image)) as tried:
        await tried.start()
        assert await tried.settled([8080], STARTS_WITHIN)
        assert await door(tried.container, 8080) is Door.OWN
        assert await door(tried.container, 8081) is Door.CLOSED


async def test_what_did_not_answer_is_tried_once_a_judgement(
    running: Running, build: Callable[..., str], tmp_path: Path
) -> None:
    program = SERVER.replace("DAEMON", "True").replace("0.0.0.0", "127.0.0.1")
    image = build("unanswering", DOCKERFILE, server_py=program, **{"word.txt": ""})
    tried, judgement = exercises(running, tmp_path), dict[str, Exercise]()
    wish = Wish(8080, (Ask("/"),))
    did = await asyncio.to_thread(tried, image, wish, judgement)
    assert (did.for_itself, did.answers[0].status, did.exit_code) == (True, 0, None)
    assert await asyncio.to_thread(tried, image, wish, judgement) is did
    assert await asyncio.to_thread(tried, image, wish, {}) is not did, "a starved machine may have been to blame"


async def test_what_another_sandbox_saw_is_not_tried_again_unless_the_machine_may_be_to_blame(
    running: Running, build: Callable[..., str], tmp_path: Path
) -> None:
    cache = tmp_path / "known"
    await exercised(running, build, cache, waits=False)
    assert not cache.exists(), "a request was lost"
    did = await exercised(running, build, cache, waits=True)
    (kept,) = cache.iterdir()
    assert await exercised(running, build, cache, waits=True) == did
    kept.write_text(kept.read_text().replace("working on", "remembered of"))
    assert (await exercised(running, build, cache, waits=True)).lines[0] == "remembered of slow"
    kept.write_text("cut o")
    assert (await exercised(running, build, cache, waits=True)).lines[0] == did.lines[0]
