"""The verbs that run something here: a sandbox, a lab, the demonstration; and the one that says what is missing for it.

Knows nothing about a running sandbox's control API.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
from pathlib import Path

from dockyard.cli.waiting import waited_for
from dockyard.errors import SandboxError


def up(chosen: argparse.Namespace) -> int:
    """Serve a simulated cloud until it is stopped."""
    import gc

    gc.set_threshold(50_000)  # what is loaded and read stays: the collector need not look through it so often
    import asyncio

    from dockyard.sandbox.live import SPEED
    from dockyard.sandbox.options import Options, wheels_folder
    from dockyard.sandbox.sandbox import Sandbox

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
        wheels=wheels_folder(), runtime=chosen.runtime, shares_facts=True,
    )  # fmt: skip
    # what the last snapshot does not hold is done again: after an update, the whole journal
    sandbox = waited_for(lambda: Sandbox(options), f"Opening the account in {options.folder}")
    asyncio.run(sandbox.serve(lambda url: print(f"Dockyard is ready at {url}", flush=True)))
    return 0


def env(chosen: argparse.Namespace) -> int:
    """Print what a shell needs: eval "$(dockyard env)"."""
    from dockyard.sandbox.environment import kept_environment

    variables = kept_environment(data_folder(chosen.data), chosen.port)
    if chosen.format == "json":
        print(json.dumps(variables))
    else:
        print("\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()))
    return 0


def lab(chosen: argparse.Namespace) -> int:
    """Open JupyterLab on a lab, with a sandbox of your own."""
    from dockyard.desk import Desk, Wanted

    wanted = Wanted(data_folder(chosen.data), chosen.lab, chosen.port, browser=not chosen.no_browser)
    Desk(wanted, lambda line: print(line, flush=True)).work()
    return 0


def demo(_chosen: argparse.Namespace) -> int:
    """Run the worked example headless in a fresh sandbox, grade it, and print the scaling timeline."""
    from dockyard.demo import run

    return 0 if run(lambda line: print(line, flush=True)) else 1


def doctor(chosen: argparse.Namespace) -> int:
    """Look at what Dockyard needs here, and say the cure of what is missing."""
    from dockyard.doctor import findings

    found = findings(data_folder(chosen.data), chosen.port)
    for one in found:
        print(f"{'ok  ' if one.good else 'cure'}  {one.what}{'' if one.good else ' -> ' + one.cure}")
    return 0 if all(one.good for one in found) else 1


def data_folder(given: Path | None) -> Path:
    """The data folder: as given, or the user's."""
    if given is not None:
        return given.expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("dockyard")


def _moment(text: str | None) -> float | None:
    from dockyard.cloud.clock import parse_iso

    try:
        return None if text is None else parse_iso(text)
    except ValueError:
        sentence = f"--start {text} is no ISO 8601 time."
        raise SandboxError(sentence, next_step="Write it as 2026-01-31T12:00:00Z.") from None
