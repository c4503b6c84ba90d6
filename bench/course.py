"""The course: five solved notebooks, and `dockyard author prove` of all of them with three seeds.

Knows nothing about what the cells do. Each twice: as on a new machine, where nothing is known of any image and no
package was fetched, and again, as for whoever changed a sentence of a lab. Notebooks that run one after the other have
their openings timed apart: a learner who goes on with their own cloud has none. Two at a time have them in the figure.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from report import Found, Row, amount, timed
from servers import DOCKYARD

from dockyard.client import Client
from dockyard.content import Lab, open_course, solved_notebook, unpack
from dockyard.demo import execute, sandbox

LABS = ("01-dockerize", "02-registry", "03-task-definition", "04-service", "05-scaling")
SEEDS, JOBS = 3, 3


def measure() -> Found:
    """One run of each, since each is a sum over five labs."""
    found = [
        _twice("five solved notebooks", 60.0, _in_turn),
        _twice("the same, two at a time", 60.0, _side_by_side),
        _twice("prove, five labs, three seeds", 90.0, _prove),
    ]
    return Found([row for one in found for row in one.rows], [note for one in found for note in one.notes])


def _twice(name: str, bar: float, figure: Callable[[dict[str, str]], tuple[float, str]]) -> Found:
    """With an empty cache, and with what that run left in it."""
    found = Found([], [])
    with tempfile.TemporaryDirectory(prefix="dockyard-bench-") as cache:
        for when in ("nothing known", "again"):
            seconds, note = figure({**os.environ, "XDG_CACHE_HOME": cache})
            found.rows.append(Row(f"{name}, {when}", seconds, "s", bar))
            found.notes.append(f"{name}, {when}: {note}")
    return found


def _in_turn(variables: dict[str, str]) -> tuple[float, str]:
    spent = [_notebook(lab, variables) for lab in _labs()]
    openings, notebooks = zip(*spent, strict=True)
    return sum(notebooks), f"{', '.join(map(amount, notebooks))} s; openings {amount(sum(openings))} s"


def _side_by_side(variables: dict[str, str]) -> tuple[float, str]:
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        spent = list(pool.map(lambda lab: sum(_notebook(lab, variables)), _labs()))
    return time.perf_counter() - began, f"{', '.join(map(amount, spent))} s, each with its opening"


def _labs() -> list[Lab]:
    course = open_course()
    return [course.lab(one) for one in LABS]


def _notebook(lab: Lab, variables: dict[str, str]) -> tuple[float, float]:
    """The seconds of a lab's opening and of its notebook, in a sandbox of its own; it earns full marks."""
    with (
        tempfile.TemporaryDirectory(prefix="dockyard-bench-") as folder,
        sandbox(Path(folder, "data"), "--seed", "bench", variables=variables) as known,
    ):
        client = Client(known["AWS_ENDPOINT_URL"], known["DOCKYARD_TOKEN"])
        opening = timed(lambda: client.open(lab.id, "opening"))
        place = unpack(lab, Path(folder, "work"))
        notebook = timed(lambda: execute(solved_notebook(lab), place, known))
        earned = client.check(lab.id)["points"]
        if earned != lab.points:
            raise RuntimeError(f"the solved notebook of {lab.id} earned {earned} of {lab.points} points")
    return opening, notebook


def _prove(variables: dict[str, str]) -> tuple[float, str]:
    command = [str(DOCKYARD.program), "author", "prove", *LABS, "--seeds", str(SEEDS), "--jobs", str(JOBS)]
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    seconds, after = time.perf_counter() - began, os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, f"{amount(spent)} s of CPU; {done.stdout.splitlines()[-1]}"
