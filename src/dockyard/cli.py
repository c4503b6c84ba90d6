"""The command line: the verbs, and the only place that prints or exits.

Knows nothing about how a verb does its work; each loads what it needs when it runs, so that `dockyard env` is quick.
"""

from __future__ import annotations

import json
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dockyard.errors import DockyardError, SandboxError

app = typer.Typer(
    help="Containers on AWS for machine learning, hands-on, against a simulated cloud.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
)  # fmt: skip


class ClockMode(StrEnum):
    """How simulated time moves."""

    STEPPED = "stepped"
    LIVE = "live"


class Runtime(StrEnum):
    """Where a task's containers run."""

    AUTO = "auto"
    MODELLED = "modelled"
    PROCESS = "process"
    DOCKER = "docker"


class Format(StrEnum):
    """How `dockyard env` prints."""

    SH = "sh"
    JSON = "json"


Data = Annotated[Path | None, typer.Option("--data", help="The data folder.", show_default="your user data folder")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="The port.", show_default="4566")]


def main() -> None:
    """Run a verb; whatever Dockyard refuses is one sentence and exit 2."""
    try:
        app()
    except DockyardError as error:
        refuse(str(error))


def refuse(sentence: str) -> NoReturn:
    """Say the sentence and exit 2."""
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


def data_folder(given: Path | None) -> Path:
    """The data folder: as given, or the user's."""
    if given is not None:
        return given.expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("dockyard")


@app.command()
def up(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Port = None,
    clock: Annotated[ClockMode, typer.Option(help="How simulated time moves.")] = ClockMode.STEPPED,
    speed: Annotated[float | None, typer.Option(help="Simulated seconds per real second (live clock).")] = None,
    runtime: Annotated[Runtime, typer.Option(help="Where a task's containers run.")] = Runtime.AUTO,
    data: Data = None,
    seed: Annotated[str | None, typer.Option(help="What identifiers are drawn from.")] = None,
    start: Annotated[str | None, typer.Option(help="Simulated time at birth, ISO 8601.")] = None,
) -> None:
    """Serve a simulated cloud until it is stopped."""
    import asyncio

    from dockyard.cloud.clock import parse_iso
    from dockyard.sandbox.sandbox import Options, Sandbox

    if clock is ClockMode.LIVE or speed is not None:
        raise SandboxError("The live clock is not built yet.", next_step="Leave --clock and --speed out.")
    if runtime not in (Runtime.AUTO, Runtime.MODELLED):
        raise SandboxError(f"The {runtime} runtime is not built yet.", next_step="Use --runtime auto or modelled.")
    try:
        moment = None if start is None else parse_iso(start)
    except ValueError:
        raise SandboxError(
            f"--start {start} is no ISO 8601 time.", next_step="Write it as 2026-01-31T12:00:00Z."
        ) from None
    sandbox = Sandbox(Options(data_folder(data), host, port, seed, moment))
    asyncio.run(sandbox.serve(lambda url: print(f"Dockyard is ready at {url}", flush=True)))


@app.command()
def env(
    port: Port = None,
    data: Data = None,
    format: Annotated[Format, typer.Option(help="Shell lines or one JSON object.")] = Format.SH,  # noqa: A002
) -> None:
    """Print what a shell needs: eval "$(dockyard env)"."""
    from dockyard.sandbox.environment import kept_environment

    variables = kept_environment(data_folder(data), port)
    if format is Format.JSON:
        print(json.dumps(variables))
        return
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")


@app.command()
def check(what: Annotated[str, typer.Argument(metavar="LAB[/STEP]", help="01-worked-example/push")]) -> None:
    """Judge a lab or one of its steps in the running sandbox."""
    from dockyard.client import Client
    from dockyard.grading.rendering import as_text
    from dockyard.grading.report import Report

    lab, _, step = what.partition("/")
    report = Report.from_json(Client.from_environment().check(lab, step or None))
    print(as_text(report))
    raise SystemExit(0 if report.points == report.of else 1)


@app.command()
def demo() -> None:
    """Run the worked example headless in a fresh sandbox, grade it, and print the scaling timeline."""
    from dockyard.demo import run

    raise SystemExit(0 if run(print) else 1)


@app.command()
def doctor(port: Port = None, data: Data = None) -> None:
    """Look at what Dockyard needs here, and say the cure of what is missing."""
    from dockyard.doctor import findings

    found = findings(data_folder(data), port)
    for one in found:
        print(f"{'ok  ' if one.good else 'cure'}  {one.what}{'' if one.good else ' -> ' + one.cure}")
    raise SystemExit(0 if all(one.good for one in found) else 1)


if __name__ == "__main__":
    main()
