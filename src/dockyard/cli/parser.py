"""Every verb and its options, as argparse reads them.

Knows nothing about what a verb does.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from dockyard.cli import authoring, learning, running, teaching

__all__ = ["Verb", "parser"]

Verb = Callable[[argparse.Namespace], int]


class _Parser(argparse.ArgumentParser):
    """A parser whose refusal is one sentence."""

    def error(self, message: str) -> NoReturn:
        print(f"{message[:1].upper()}{message[1:]}. Run `{self.prog} --help`.", file=sys.stderr)
        raise SystemExit(2)


def parser() -> argparse.ArgumentParser:
    """Every verb and its options."""
    top = _Parser(
        prog="dockyard", description="Containers on AWS for machine learning, hands-on, against a simulated cloud."
    )
    verbs = top.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)

    def verb(run: Verb, name: str = "") -> argparse.ArgumentParser:
        return _added(verbs, run, name)

    _options_of_up(verb(running.up))
    printed = verb(running.env)
    _where(printed)
    printed.add_argument("--format", choices=("sh", "json"), default="sh", help="shell lines or one JSON object")
    verb(learning.check).add_argument("what", metavar="LAB[/STEP]", help="such as 00-worked-example/push")
    verb(learning.hint).add_argument("what", type=_step, metavar="LAB/STEP", help="such as 01-dockerize/image")
    begun = verb(learning.start)
    begun.add_argument("what", metavar="LAB", help="such as 03-task-definition")
    begun.add_argument(
        "--from", dest="how", choices=("opening", "mine", "kept"), default="opening",
        help="the opening state (the default), your cloud as it is, or the one you had before an opening state",
    )  # fmt: skip
    verb(learning.back).add_argument("what", type=_step, metavar="LAB/STEP", help="such as 01-dockerize/image")
    verb(learning.reset)
    verb(learning.status)
    shown = verb(learning.progress)
    shown.add_argument("lab", nargs="?", default="", metavar="LAB", help="whose steps to show (of all that were tried)")
    _whole(verb(learning.watch), "seconds", "SECONDS", 300, "simulated seconds to watch")
    _whole(verb(learning.chart), "minutes", "MINUTES", 60, "simulated minutes to look back")
    verb(learning.picture)
    _options_of_load_test(verb(learning.load_test, "load-test"))
    _options_of_lab(verb(running.lab))
    verb(running.demo)
    _authoring(verbs)
    _where(verb(running.doctor))
    _options_of_class(verb(teaching.class_init, "class"))
    _options_of_grade(verb(teaching.grade))
    return top


def _added(verbs: Any, run: Verb, name: str = "") -> argparse.ArgumentParser:
    """A verb among others: its function's name and docstring are what `--help` shows."""
    added: argparse.ArgumentParser = verbs.add_parser(name or run.__name__, help=run.__doc__, description=run.__doc__)
    added.set_defaults(verb=run)
    return added


def _options_of_up(verb: argparse.ArgumentParser) -> None:
    _where(verb)
    verb.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="the address to listen on")
    verb.add_argument("--clock", choices=("live", "stepped"), default="live", help="how simulated time moves")
    verb.add_argument("--speed", type=_speed, metavar="N", help="simulated seconds per real second (live clock: 20)")
    runtimes = ("auto", "modelled", "process", "docker")
    verb.add_argument("--runtime", choices=runtimes, default="auto", help="where a task's containers run")
    seed = os.environ.get("DOCKYARD_SEED") or None
    verb.add_argument("--seed", metavar="S", default=seed, help="what a new account's names and numbers are drawn from")
    verb.add_argument("--start", metavar="ISO", help="simulated time at birth, as ISO 8601")


def _options_of_load_test(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("seconds", type=float, metavar="SECONDS", help="real seconds to send for")
    verb.add_argument("rate", type=float, metavar="RATE", help="requests a second")
    verb.add_argument("--balancer", default="", metavar="NAME", help="the load balancer (the only one)")
    verb.add_argument("--path", default="/", metavar="PATH", help="what to get (/)")


def _options_of_class(verb: argparse.ArgumentParser) -> None:
    what = verb.add_subparsers(metavar="init", required=True, parser_class=_Parser)
    init = _added(what, teaching.class_init, "init")
    init.add_argument("folder", type=Path, metavar="DIR", help="the course's folder, new or made by this command")
    init.add_argument("--roster", type=Path, metavar="FILE.csv", help="columns id, first_name, last_name, email")
    init.add_argument("--name", default="dockyard", metavar="COURSE", help="the course's name for nbgrader")


def _options_of_grade(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("folder", type=Path, metavar="DIR", help="the course's folder")
    verb.add_argument("--lab", metavar="LAB", help="only this lab (all that were handed in)")
    verb.add_argument("--jobs", type=_jobs, default=2, metavar="N", help="submissions judged side by side (2)")


def _authoring(verbs: Any) -> None:
    """The verbs of those who write labs: `dockyard author lint`, `dockyard author prove`."""
    author = verbs.add_parser("author", help="for those who write labs: lint, prove")
    inner = author.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)
    _added(inner, authoring.lint)
    proving = _added(inner, authoring.prove)
    proving.add_argument("labs", metavar="LAB", nargs="*", help="the labs to prove (all)")
    proving.add_argument("--seeds", type=int, default=1, metavar="N", help="with so many seeds, 1 unless told")
    proving.add_argument("--jobs", type=int, default=2, metavar="N", help="so many sandboxes at once, 2 unless told")


def _whole(verb: argparse.ArgumentParser, name: str, shown: str, default: int, meaning: str) -> None:
    verb.add_argument(name, nargs="?", type=_number, default=default, metavar=shown, help=f"{meaning} ({default})")


def _options_of_lab(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("lab", nargs="?", default="", metavar="LAB", help="the lab to open (the first)")
    _where(verb)
    verb.add_argument("--no-browser", action="store_true", help="open no browser; the address is printed")


def _where(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--port", type=_port, metavar="N", help="the port (the account's own, at first 4566)")
    verb.add_argument("--data", type=Path, metavar="DIR", help="the data folder (your user data folder)")


def _step(text: str) -> tuple[str, str]:
    lab, _, step = text.partition("/")
    if lab and step:
        return lab, step
    raise argparse.ArgumentTypeError(f"{text} names no step: write LAB/STEP; `dockyard progress {lab}` lists them")


def _number(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 10**9:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no number above 0")


def _jobs(text: str) -> int:
    if text.isdigit() and 0 < int(text) <= 64:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no number of jobs: it is from 1 to 64")


def _port(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port: a port is a number from 1 to 65535")


def _speed(text: str) -> float:
    from dockyard.sandbox.live import FASTEST

    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if 0 < speed <= FASTEST:
        return speed
    raise argparse.ArgumentTypeError(f"{text} is no speed: a speed is a number above 0, at most {FASTEST:g}")
