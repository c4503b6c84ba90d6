"""An image exercised for a check: with a file laid over its own, and told to end while a request is in hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from dockyard.grading import Ask, Exercise, InHand, Wish
from dockyard.sandbox.exercises import Exercises

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


async def exercised(running: Running, build: Callable[..., str], *, waits: bool, word: str = "slow") -> Exercise:
    program = SERVER.replace("DAEMON", str(not waits))
    image = build(f"in-hand-{waits}".lower(), DOCKERFILE, server_py=program, **{"word.txt": ""})
    wish = Wish(8080, stop=True, files=(("/app/word.txt", word.encode()),), in_hand=InHand(Ask("/"), "working on slow"))
    return await asyncio.to_thread(Exercises(running.containers, asyncio.get_running_loop()), image, wish)


async def test_a_request_in_hand_is_answered_or_lost_whatever_the_exit_code(
    running: Running, build: Callable[..., str]
) -> None:
    kept = await exercised(running, build, waits=True)
    lost = await exercised(running, build, waits=False)
    assert kept.in_hand is not None
    assert lost.in_hand is not None
    assert (kept.in_hand.status, kept.in_hand.text, kept.stop_code) == (200, "slow", 0)
    assert (lost.in_hand.status, lost.stop_code) == (0, 0)


async def test_what_never_comes_in_hand_does_not_hold_the_stop_up(running: Running, build: Callable[..., str]) -> None:
    did = await exercised(running, build, waits=True, word="fails")
    assert did.in_hand is not None
    assert (did.in_hand.status, did.stop_code) == (0, 0)
