"""Judging: each step's checks, loaded from their file by path, put to a world one after the other.

Knows nothing about what the checks ask. A crash of ours is written to the log under a short reference, and the learner
reads the reference, never a traceback.
"""

from __future__ import annotations

import importlib.util
import logging
import traceback
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from dockyard.content.course import Lab, Step
from dockyard.content.values import fill
from dockyard.errors import ContentError, JudgementError
from dockyard.grading.checks import Check, Failure
from dockyard.grading.report import NOT_JUDGED_YET, CheckResult, Report, StepReport, Verdict
from dockyard.grading.world import World

__all__ = ["checks_of", "judge", "timestamp"]

_LOG = logging.getLogger(__name__)


def judge(lab: Lab, step_id: str | None, world: World) -> Report:
    """The verdicts on one step, or on every step where `step_id` is None.

    Raises ContentError for an unknown step. Whatever goes wrong in a check or in its file is in the report.
    """
    steps = lab.steps if step_id is None else (lab.step(step_id),)
    reports = tuple(_judge_step(lab, step, world) for step in steps)
    return Report(lab.id, lab.title, timestamp(world.now()), reports)


def timestamp(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, ending in Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def checks_of(file: Path) -> tuple[Check, ...]:
    """The checks a file holds, in the order written. Raises ContentError when there is none or it cannot be loaded."""
    module = _load(file)
    found = tuple(one for one in vars(module).values() if isinstance(one, Check))
    if not found:
        raise ContentError(f"{file} holds no check.", next_step="Decorate a function with @check.")
    return found


def _load(file: Path) -> ModuleType:
    name = "dockyard_check_" + "".join(
        letter if letter.isalnum() else "_" for letter in f"{file.parent.name}_{file.stem}"
    )
    specification = importlib.util.spec_from_file_location(name, file)
    if specification is None or specification.loader is None:
        raise ContentError(f"{file} is no Python file.")
    module = importlib.util.module_from_spec(specification)
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        raise ContentError(f"{file} cannot be loaded: {error}.") from error
    return module


def _judge_step(lab: Lab, step: Step, world: World) -> StepReport:
    try:
        checks = checks_of(step.check)
    except ContentError as error:
        return StepReport(step.id, step.title, step.points, (_crashed("load", step.ask, error),))
    results: dict[str, CheckResult] = {}
    for one in checks:
        results[one.name] = _judge_check(one, results, lab, world)
    return StepReport(step.id, step.title, step.points, tuple(results.values()))


def _judge_check(one: Check, before: dict[str, CheckResult], lab: Lab, world: World) -> CheckResult:
    values = lab.values(world.account_id)
    asked = fill(one.asked, values)
    if any(before[earlier.name].verdict is not Verdict.PASSED for earlier in one.after):
        return CheckResult(one.name, asked, Verdict.NOT_YET, seen=NOT_JUDGED_YET)
    try:
        one.examine(world, values)
    except Failure as failure:
        return CheckResult(one.name, failure.asked or asked, Verdict.NOT_YET, failure.seen, failure.cloud, failure.next)
    except JudgementError as error:
        return CheckResult(one.name, asked, Verdict.COULD_NOT_JUDGE, seen=error.message, next=error.next_step)
    except Exception as error:
        return _crashed(one.name, asked, error)
    return CheckResult(one.name, asked, Verdict.PASSED)


def _crashed(name: str, asked: str, error: Exception) -> CheckResult:
    told = "".join(traceback.format_exception(error))
    reference = sha256(told.encode()).hexdigest()[:8]
    _LOG.error("could not judge (reference %s)\n%s", reference, told)
    return CheckResult(
        name,
        asked,
        Verdict.COULD_NOT_JUDGE,
        seen="The check itself stumbled. This is our fault, not yours.",
        next=f"Try again; if it stays, report it with the reference {reference} (the sandbox's log has the details).",
        reference=reference,
    )
