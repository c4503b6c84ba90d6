"""The command line: the verbs, and the only place that prints or exits.

Knows nothing about how a verb does its work; each loads what it needs when it runs, so that `dockyard env` is quick.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from dockyard.errors import DockyardError, SandboxError

Verb = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a verb and exit with its code; whatever Dockyard refuses is one sentence and exit 2."""
    chosen = parser().parse_args(arguments)
    verb: Verb = chosen.verb
    try:
        raise SystemExit(verb(chosen))
    except DockyardError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


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

    def verb(run: Verb) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = verbs.add_parser(run.__name__, help=run.__doc__, description=run.__doc__)
        added.set_defaults(verb=run)
        return added

    _options_of_up(verb(up))
    printed = verb(env)
    _where(printed)
    printed.add_argument("--format", choices=("sh", "json"), default="sh", help="shell lines or one JSON object")
    verb(check).add_argument("what", metavar="LAB[/STEP]", help="such as 00-worked-example/push")
    verb(hint).add_argument("what", metavar="LAB/STEP", help="such as 01-dockerize/image")
    verb(start).add_argument("what", metavar="LAB", help="such as 03-task-definition")
    verb(demo)
    _authoring(verbs)
    _where(verb(doctor))
    return top


def _options_of_up(verb: argparse.ArgumentParser) -> None:
    _where(verb)
    verb.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="the address to listen on")
    verb.add_argument("--clock", choices=("stepped", "live"), default="stepped", help="how simulated time moves")
    verb.add_argument("--speed", type=float, metavar="N", help="simulated seconds per real second (live clock)")
    runtimes = ("auto", "modelled", "process", "docker")
    verb.add_argument("--runtime", choices=runtimes, default="auto", help="where a task's containers run")
    verb.add_argument("--seed", metavar="S", help="what identifiers are drawn from")
    verb.add_argument("--start", metavar="ISO", help="simulated time at birth, as ISO 8601")


def _authoring(verbs: Any) -> None:
    """The verbs of those who write labs: `dockyard author lint`, `dockyard author prove`."""
    author = verbs.add_parser("author", help="for those who write labs: lint, prove")
    inner = author.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)
    inner.add_parser("lint", help=lint.__doc__, description=lint.__doc__).set_defaults(verb=lint)
    proving = inner.add_parser("prove", help=prove.__doc__, description=prove.__doc__)
    proving.set_defaults(verb=prove)
    proving.add_argument("labs", metavar="LAB", nargs="*", help="the labs to prove (all)")
    proving.add_argument("--seeds", type=int, default=1, metavar="N", help="with so many seeds, 1 unless told")
    proving.add_argument("--jobs", type=int, default=2, metavar="N", help="so many sandboxes at once, 2 unless told")


def _where(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--port", type=_port, metavar="N", help="the port (the account's own, at first 4566)")
    verb.add_argument("--data", type=Path, metavar="DIR", help="the data folder (your user data folder)")


def _port(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port: a port is a number from 1 to 65535")


def data_folder(given: Path | None) -> Path:
    """The data folder: as given, or the user's."""
    if given is not None:
        return given.expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("dockyard")


def up(chosen: argparse.Namespace) -> int:
    """Serve a simulated cloud until it is stopped."""
    import asyncio

    from dockyard.sandbox.sandbox import Options, Sandbox

    if chosen.clock == "live" or chosen.speed is not None:
        raise SandboxError("The live clock is not built yet.", next_step="Leave --clock and --speed out.")
    if chosen.runtime not in ("auto", "modelled"):
        raise SandboxError(f"The {chosen.runtime} runtime is not built yet.", next_step="Use --runtime modelled.")
    sandbox = Sandbox(Options(data_folder(chosen.data), chosen.host, chosen.port, chosen.seed, _moment(chosen.start)))
    asyncio.run(sandbox.serve(lambda url: print(f"Dockyard is ready at {url}", flush=True)))
    return 0


def _moment(text: str | None) -> float | None:
    from dockyard.cloud.clock import parse_iso

    try:
        return None if text is None else parse_iso(text)
    except ValueError:
        sentence = f"--start {text} is no ISO 8601 time."
        raise SandboxError(sentence, next_step="Write it as 2026-01-31T12:00:00Z.") from None


def env(chosen: argparse.Namespace) -> int:
    """Print what a shell needs: eval "$(dockyard env)"."""
    from dockyard.sandbox.environment import kept_environment

    variables = kept_environment(data_folder(chosen.data), chosen.port)
    if chosen.format == "json":
        print(json.dumps(variables))
    else:
        print("\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()))
    return 0


def check(chosen: argparse.Namespace) -> int:
    """Judge a lab or one of its steps in the running sandbox."""
    from dockyard.client import Client
    from dockyard.grading.rendering import as_text
    from dockyard.grading.report import Report

    lab, _, step = chosen.what.partition("/")
    report = Report.from_json(Client.from_environment().check(lab, step or None))
    print(as_text(report))
    return 0 if report.points == report.of else 1


def hint(chosen: argparse.Namespace) -> int:
    """The next of three hints for what a step lacks now."""
    from dockyard.client import Client
    from dockyard.notebook import hint_lines

    lab, _, step = chosen.what.partition("/")
    print("\n".join(hint_lines(Client.from_environment().hint(lab, step))))
    return 0


def start(chosen: argparse.Namespace) -> int:
    """Begin a lab from its opening state; the cloud as it was is kept."""
    from dockyard.client import Client

    opened = Client.from_environment().open(chosen.what, "opening")
    print(f"{opened['title']}: your cloud is in the lab's opening state.")
    print("Your values:", ", ".join(f"{name} {value}" for name, value in opened["values"].items()))
    return 0


def lint(_chosen: argparse.Namespace) -> int:
    """Read the course and name what is wrong with it: file, step and rule."""
    from dockyard.authoring.lint import lint as found_by

    found = found_by()
    print("\n".join(map(str, found)) or "Nothing to mend.")
    return 1 if found else 0


def prove(chosen: argparse.Namespace) -> int:
    """Try every step in real sandboxes: fresh, each mistake, the solution, again, back."""
    from dockyard.authoring.prove import prove as proofs_of
    from dockyard.content import open_course

    course = open_course()
    labs = [course.lab(name) for name in chosen.labs] or list(course.labs)
    seeds = [f"proof-{number}" for number in range(1, chosen.seeds + 1)]
    proofs = proofs_of(labs, seeds, chosen.jobs, lambda proof: print(proof, flush=True))
    failed = sum(bool(one.faults) for one in proofs)
    print(f"{len(proofs) - failed} of {len(proofs)} proven.")
    return 1 if failed else 0


def demo(_chosen: argparse.Namespace) -> int:
    """Run the worked example headless in a fresh sandbox, grade it, and print the scaling timeline."""
    from dockyard.demo import run

    return 0 if run(print) else 1


def doctor(chosen: argparse.Namespace) -> int:
    """Look at what Dockyard needs here, and say the cure of what is missing."""
    from dockyard.doctor import findings

    found = findings(data_folder(chosen.data), chosen.port)
    for one in found:
        print(f"{'ok  ' if one.good else 'cure'}  {one.what}{'' if one.good else ' -> ' + one.cure}")
    return 0 if all(one.good for one in found) else 1


if __name__ == "__main__":
    main()
