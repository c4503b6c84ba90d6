"""The command line: the verbs, and the only place that prints or exits.

Knows nothing about how a verb does its work; each loads what it needs when it runs, so that `dockyard env` is quick.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from dockyard.errors import DockyardError, SandboxError
from dockyard.sentences import began_again, standing, went_back

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
    verb(back).add_argument("what", metavar="LAB/STEP", help="such as 01-dockerize/image")
    verb(reset)
    verb(status)
    _whole(verb(watch), "seconds", "SECONDS", 300, "simulated seconds to watch")
    _whole(verb(chart), "minutes", "MINUTES", 60, "simulated minutes to look back")
    verb(picture)
    _options_of_load_test(verbs.add_parser("load-test", help=load_test.__doc__, description=load_test.__doc__))
    _options_of_lab(verb(lab))
    verb(demo)
    _authoring(verbs)
    _where(verb(doctor))
    _options_of_class(verbs.add_parser("class", help=class_init.__doc__, description=class_init.__doc__))
    _options_of_grade(verb(grade))
    return top


def _options_of_up(verb: argparse.ArgumentParser) -> None:
    _where(verb)
    verb.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="the address to listen on")
    verb.add_argument("--clock", choices=("live", "stepped"), default="live", help="how simulated time moves")
    verb.add_argument("--speed", type=_speed, metavar="N", help="simulated seconds per real second (live clock: 20)")
    runtimes = ("auto", "modelled", "process", "docker")
    verb.add_argument("--runtime", choices=runtimes, default="auto", help="where a task's containers run")
    verb.add_argument("--seed", metavar="S", help="what identifiers are drawn from")
    verb.add_argument("--start", metavar="ISO", help="simulated time at birth, as ISO 8601")


def _options_of_load_test(verb: argparse.ArgumentParser) -> None:
    verb.set_defaults(verb=load_test)
    verb.add_argument("seconds", type=float, metavar="SECONDS", help="real seconds to send for")
    verb.add_argument("rate", type=float, metavar="RATE", help="requests a second")
    verb.add_argument("--balancer", default="", metavar="NAME", help="the load balancer (the only one)")
    verb.add_argument("--path", default="/", metavar="PATH", help="what to get (/)")


def _options_of_class(verb: argparse.ArgumentParser) -> None:
    what = verb.add_subparsers(metavar="init", required=True, parser_class=_Parser)
    init = what.add_parser("init", help=class_init.__doc__, description=class_init.__doc__)
    init.set_defaults(verb=class_init)
    init.add_argument("folder", type=Path, metavar="DIR", help="the course's folder, new or made by this command")
    init.add_argument("--roster", type=Path, metavar="FILE.csv", help="columns id, first_name, last_name, email")
    init.add_argument("--name", default="dockyard", metavar="COURSE", help="the course's name for nbgrader")


def _options_of_grade(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("folder", type=Path, metavar="DIR", help="the course's folder")
    verb.add_argument("--lab", metavar="LAB", help="only this lab (all that were handed in)")
    verb.add_argument("--jobs", type=_jobs, default=2, metavar="N", help="submissions judged side by side (2)")


def _jobs(text: str) -> int:
    if text.isdigit() and 0 < int(text) <= 64:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no number of jobs: it is from 1 to 64")


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


def _whole(verb: argparse.ArgumentParser, name: str, shown: str, default: int, meaning: str) -> None:
    verb.add_argument(name, nargs="?", type=int, default=default, metavar=shown, help=f"{meaning} ({default})")


def _options_of_lab(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("lab", nargs="?", default="", metavar="LAB", help="the lab to open (the first)")
    _where(verb)
    verb.add_argument("--no-browser", action="store_true", help="open no browser; the address is printed")


def _where(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--port", type=_port, metavar="N", help="the port (the account's own, at first 4566)")
    verb.add_argument("--data", type=Path, metavar="DIR", help="the data folder (your user data folder)")


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


def data_folder(given: Path | None) -> Path:
    """The data folder: as given, or the user's."""
    if given is not None:
        return given.expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("dockyard")


def _facts_folder() -> Path:
    """Where this user's sandboxes keep what they observed of images."""
    from platformdirs import user_cache_path

    return user_cache_path("dockyard") / "facts"


def up(chosen: argparse.Namespace) -> int:
    """Serve a simulated cloud until it is stopped."""
    import asyncio

    from dockyard.sandbox.live import SPEED
    from dockyard.sandbox.sandbox import Options, Sandbox

    if chosen.clock == "stepped" and chosen.speed is not None:
        raise SandboxError("The stepped clock has no speed.", next_step="Leave --speed out, or use --clock live.")
    if chosen.runtime == "docker":
        raise SandboxError("The docker runtime is not built yet.", next_step="Use --runtime process, or leave it out.")
    if chosen.runtime == "process" and chosen.clock == "stepped":
        raise SandboxError("Processes live in real time: --runtime process needs --clock live.")
    speed = (chosen.speed or SPEED) if chosen.clock == "live" else None
    options = Options(
        data_folder(chosen.data), chosen.host, chosen.port, chosen.seed, _moment(chosen.start), speed,
        localstack=os.environ.get("DOCKYARD_LOCALSTACK_URL"), registry=os.environ.get("DOCKYARD_REGISTRY_URL"),
        wheels=_folder_named("DOCKYARD_WHEELS"),
        runtime=chosen.runtime, facts=_facts_folder(),
    )  # fmt: skip
    sandbox = Sandbox(options)
    asyncio.run(sandbox.serve(lambda url: print(f"Dockyard is ready at {url}", flush=True)))
    return 0


def _folder_named(variable: str) -> Path | None:
    named = os.environ.get(variable)
    if named and not Path(named).is_dir():
        raise SandboxError(f"{variable} names {named}, which is no folder.", next_step="Make it, or unset it.")
    return Path(named).absolute() if named else None


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
    from dockyard.display.progress import Nowhere, OnTerminal, while_it_takes
    from dockyard.grading.rendering import as_text
    from dockyard.grading.report import Report

    lab_id, _, step = chosen.what.partition("/")
    client = Client.from_environment()
    line = OnTerminal(sys.stderr) if sys.stderr.isatty() else Nowhere()
    told = while_it_takes(lambda: client.check(lab_id, step or None), f"Judging {chosen.what}", line)
    report = Report.from_json(told)
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


def back(chosen: argparse.Namespace) -> int:
    """Take the running sandbox back to how it was before a step."""
    from dockyard.client import Client

    lab, _, step = chosen.what.partition("/")
    print(went_back(Client.from_environment().back(lab, step)))
    return 0


def reset(_chosen: argparse.Namespace) -> int:
    """Take the running sandbox back to its birth: an empty account, no images, no steps taken."""
    from dockyard.client import Client

    print(began_again(Client.from_environment().reset()))
    return 0


def status(_chosen: argparse.Namespace) -> int:
    """Say what there is in the running sandbox, what time it is there, and what it would cost on AWS."""
    from dockyard.client import Client

    print(standing(Client.from_environment().status()))
    return 0


def watch(chosen: argparse.Namespace) -> int:
    """Tell what happens in the running sandbox, with simulated time."""
    from dockyard.client import Client
    from dockyard.watch import Watch

    try:
        for line in Watch(Client.from_environment()).lines(chosen.seconds):
            print(line, flush=True)
    except KeyboardInterrupt:
        print("Watched until here.")
    return 0


def chart(chosen: argparse.Namespace) -> int:
    """Print load, CPU, tasks and alarms of the last simulated minutes as a table."""
    from dockyard.client import Client
    from dockyard.display.chart import Chart

    print(Chart(Client.from_environment().timeline(chosen.minutes)))
    return 0


def picture(_chosen: argparse.Namespace) -> int:
    """Print what exists in the account and how it hangs together."""
    from dockyard.client import Client
    from dockyard.display.picture import Picture

    print(Picture(Client.from_environment().picture()))
    return 0


def load_test(chosen: argparse.Namespace) -> int:
    """Send real requests to a load balancer at a rate, and say what became of them."""
    from dockyard.client import Client
    from dockyard.display.progress import AfterAWhile, Nowhere, OnTerminal
    from dockyard.load_test import Order
    from dockyard.load_test import load_test as sent

    line = AfterAWhile(OnTerminal(sys.stderr) if sys.stderr.isatty() else Nowhere())
    order = Order(chosen.seconds, chosen.rate, chosen.balancer, chosen.path)
    try:
        result = sent(Client.from_environment(), order, line.show)
    finally:
        line.clear()
    print(result)
    return 1 if result.failed else 0


def demo(_chosen: argparse.Namespace) -> int:
    """Run the worked example headless in a fresh sandbox, grade it, and print the scaling timeline."""
    from dockyard.demo import run

    return 0 if run(print) else 1


def lab(chosen: argparse.Namespace) -> int:
    """Open JupyterLab on a lab, with a sandbox of your own."""
    from dockyard.desk import Desk, Wanted

    wanted = Wanted(data_folder(chosen.data), chosen.lab, chosen.port, browser=not chosen.no_browser)
    Desk(wanted, lambda line: print(line, flush=True)).work()
    return 0


def doctor(chosen: argparse.Namespace) -> int:
    """Look at what Dockyard needs here, and say the cure of what is missing."""
    from dockyard.doctor import findings

    found = findings(data_folder(chosen.data), chosen.port)
    for one in found:
        print(f"{'ok  ' if one.good else 'cure'}  {one.what}{'' if one.good else ' -> ' + one.cure}")
    return 0 if all(one.good for one in found) else 1


def class_init(chosen: argparse.Namespace) -> int:
    """Make an nbgrader course of the labs, with an account for each learner on the roster."""
    from dockyard.classroom.course import make_course
    from dockyard.classroom.roster import read_roster
    from dockyard.content.reading import open_course

    learners = read_roster(chosen.roster) if chosen.roster else ()
    print("\n".join(make_course(chosen.folder, open_course().labs, learners, chosen.name)))
    return 0


def grade(chosen: argparse.Namespace) -> int:
    """Judge what was handed in, several submissions side by side, and fill gradebook and feedback."""
    from dockyard.classroom.course import ClassFolder

    course = ClassFolder.open(chosen.folder.expanduser().absolute())
    from dockyard.classroom.round import grade_all

    try:
        return 0 if grade_all(course, chosen.lab, chosen.jobs, lambda line: print(line, flush=True)) else 1
    except KeyboardInterrupt:
        print("Stopped. What was judged is kept; the same command goes on from there.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    main()
