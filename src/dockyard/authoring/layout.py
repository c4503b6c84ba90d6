"""Lint's rules on how a lab is laid out: keys, files, cells, points, mistakes, hints, predictions.

Knows nothing about what the texts say. Each rule yields (file, step, sentence).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dockyard.content import Lab, Places, Prediction, lab_notebook
from dockyard.content.notebooks import tagged
from dockyard.errors import ContentError
from dockyard.grading.runner import checks_of

__all__ = ["cells", "hints", "mistakes", "orphans", "points", "predictions", "unknown_keys"]

Fault = tuple[Path, str, str]
OF_A_LAB = {"format", "title", "apart", "values", "steps"}
OF_A_STEP = {"id", "title", "points", "minutes", "ask", "hints", "hints_for"}
OF_A_PREDICTION = {"ask", "right", "because", "unit", "choices", "betrays", "elsewise", "drawn"}
#: Files among a lab's graders that belong to no step.
OF_THE_LAB = {"opening.py", "predictions.toml"}
WORTH = 100
FEWEST_MISTAKES = 2


def unknown_keys(lab: Lab, where: Places) -> Iterator[Fault]:
    """Keys that nobody reads: a slip of the pen would go unseen."""
    file = lab.folder / "lab.toml"
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    yield from ((file, "", f"Nobody reads the key {key}.") for key in sorted(told.keys() - OF_A_LAB))
    for entry in told["steps"]:
        yield from ((file, entry["id"], f"Nobody reads the key {key}.") for key in sorted(entry.keys() - OF_A_STEP))
    asked = where.graders / lab.id / "predictions.toml"
    if asked.is_file():
        for name, entry in tomllib.loads(asked.read_text(encoding="utf-8")).items():
            unread = sorted(entry.keys() - OF_A_PREDICTION)
            yield from ((asked, "", f"Nobody reads the key {key} of {name}.") for key in unread)


def orphans(lab: Lab, where: Places) -> Iterator[Fault]:
    """Graders that belong to no step."""
    known = OF_THE_LAB | {f"{step.id}.py" for step in lab.steps} | {step.id for step in lab.steps}
    for file in sorted((where.graders / lab.id).iterdir()):
        if file.name not in known and not file.name.startswith(("_", ".")):
            yield file, "", "It belongs to no step of lab.toml: name the step, or remove it."
    for step in lab.steps:
        for file in sorted((where.graders / lab.id / step.id).iterdir()):
            if file.name != "solution.py" and not file.name.startswith(("mistake_", "_", ".")):
                yield file, step.id, "It is neither solution.py nor a mistake_NAME.py: nobody reads it."


def cells(lab: Lab, _where: Places) -> Iterator[Fault]:
    """Each step has one cell of the learner's, in the order of lab.toml, and its check right after it."""
    code = [cell for cell in lab_notebook(lab)["cells"] if cell["cell_type"] == "code"]
    steps = [tagged(cell, "step:") for cell in code]
    known = [step.id for step in lab.steps]
    for stranger in sorted({one for one in steps if one} - set(known)):
        yield lab.notebook, stranger, "A cell is tagged with this step, which lab.toml does not have."
    if [one for one in steps if one in known] != known:
        yield lab.notebook, "", "The learner's cells are not those of lab.toml, each once and in its order."
        return
    for step in known:
        place = steps.index(step)
        yield from _around(lab.notebook, step, code[place], code[place + 1] if place + 1 < len(code) else {})


def _around(file: Path, step: str, own: dict[str, Any], after: dict[str, Any]) -> Iterator[Fault]:
    if "# your turn" not in "".join(own["source"]):
        yield file, step, "The learner's cell does not say `# your turn`."
    if "".join(after.get("source", "")) != f'lab.check("{step}")':
        yield file, step, f'The cell after the learner\'s is not lab.check("{step}").'


def points(lab: Lab, _where: Places) -> Iterator[Fault]:
    """A lab is worth 100."""
    if lab.points != WORTH:
        yield lab.folder / "lab.toml", "", f"Its steps are worth {lab.points} points together, not {WORTH}."


def mistakes(lab: Lab, where: Places) -> Iterator[Fault]:
    """Two named mistakes a step at least."""
    for step in lab.steps:
        if len(step.mistakes) < FEWEST_MISTAKES:
            folder = where.graders / lab.id / step.id
            yield folder, step.id, f"It has {len(step.mistakes)} named mistakes; write {FEWEST_MISTAKES} at least."


def hints(lab: Lab, _where: Places) -> Iterator[Fault]:
    """A check's own ladder belongs to a check that is there."""
    for step in lab.steps:
        try:
            known = {one.name for one in checks_of(step.check)}
        except ContentError as error:
            yield step.check, step.id, str(error)
            continue
        for name in sorted(step.hints_for.keys() - known):
            yield lab.folder / "lab.toml", step.id, f"hints_for names the check {name}, which the step does not have."


def predictions(lab: Lab, where: Places) -> Iterator[Fault]:
    """Each question is asked in the notebook, and each asked one is known; wrong choices have a sentence each.

    Only a wrong answer betrays something, and only an outcome that is not right is explained elsewise.
    """
    asked = {tagged(cell, "predict:") for cell in lab_notebook(lab)["cells"]} - {""}
    known, file = {one.id: one for one in lab.predictions}, where.graders / lab.id / "predictions.toml"
    for name in sorted(asked - known.keys()):
        yield lab.notebook, "", f"A cell asks the prediction {name}, which predictions.toml does not have."
    for name in sorted(known.keys() - asked):
        yield file, "", f"No cell of the notebook asks the prediction {name}."
    for name, one in known.items():
        silent = sorted(one.choices.keys() - {one.right} - one.betrays.keys())
        yield from ((file, "", f"{name}: the wrong choice {letter} betrays nothing.") for letter in silent)
        yield from ((file, "", f"{name}: nobody reads the sentence for {key}.") for key in sorted(_unread(one)))


def _unread(one: Prediction) -> set[str]:
    if not one.choices:
        return {key for key in one.betrays if key == one.right} | {*one.elsewise}
    wrong = one.choices.keys() - {one.right}
    return (one.betrays.keys() | one.elsewise.keys()) - wrong
