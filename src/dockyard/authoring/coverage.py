"""Coverage: each objective, term, table row, question, example and figure of the study guide has a step or a later lab.

Knows nothing about whether a step teaches it well. `labs/coverage.toml` says where each is taught.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dockyard.content import Course

__all__ = ["KINDS", "gaps"]

#: What the study guide is made of; each is a table of coverage.toml, and none may be empty.
KINDS = ("objectives", "terms", "table_rows", "questions", "examples", "figures")


def gaps(file: Path, course: Course) -> Iterator[str]:
    """What is wrong with the table of coverage, a sentence each."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        yield f"It cannot be read: {error}."
        return
    later = dict(told.get("later_labs", {}))
    steps = {f"{lab.id}/{step.id}" for lab in course.labs for step in lab.steps}
    for kind in KINDS:
        if not told.get(kind):
            yield f"It lists no {kind.replace('_', ' ')}."
        for name, entry in told.get(kind, {}).items():
            yield from _entry(f"{kind}.{name}", entry, steps, later)
    for lab in sorted(later.keys() & {one.id for one in course.labs}):
        yield f"{lab} is there by now: name its steps instead of a later lab."


def _entry(name: str, entry: Any, steps: set[str], later: dict[str, str]) -> Iterator[str]:
    if not isinstance(entry, dict) or not str(entry.get("text", "")).strip():
        yield f"{name} does not say what it is (text = …)."
        return
    taught, after = list(entry.get("steps", [])), list(entry.get("later", []))
    if not taught and not after:
        yield f"{name} has neither a step nor a later lab."
    yield from (f"{name} names the step {one}, which there is not." for one in taught if one not in steps)
    yield from (
        f"{name} names the later lab {one}, which [later_labs] does not have." for one in after if one not in later
    )
