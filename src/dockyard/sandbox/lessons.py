"""The course in this sandbox: a lab opened, hints, predictions; for the control API.

Knows nothing about HTTP, and nothing about what is right: checks are judged elsewhere.
"""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dockyard.cloud.clock import iso
from dockyard.content import Lab, fill, open_course
from dockyard.errors import ContentError, SandboxError
from dockyard.grading.opening import lacking
from dockyard.grading.report import Report, Verdict
from dockyard.sandbox.course_progress import progress
from dockyard.sandbox.marks import is_worked_on, own_of, put_aside
from dockyard.sandbox.openings import Openings
from dockyard.sandbox.room import no_room

if TYPE_CHECKING:
    from dockyard.sandbox.sandbox import Sandbox

__all__ = ["Lessons"]

#: How a lab may be opened.
MINE, OPENING, KEPT = "mine", "opening", "kept"
#: What follows the last rung when it is asked for again.
NO_FURTHER_HINT = "There is no further hint: run the check, and read what it saw."


class Lessons:
    """The labs of this installation, for the sandbox's learner. Methods may take seconds; each may run in a thread."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._course = open_course()
        self._openings = Openings(sandbox, self._course)
        self._opening = threading.Lock()

    def listed(self) -> dict[str, Any]:
        """Every lab with its steps, as JSON values."""
        return {"format": 1, "labs": [self.described(one.id) for one in self._course.labs]}

    def progress(self) -> dict[str, Any]:
        """Every lab with what checks said of its steps, `now` being the simulated time."""
        learner = self._sandbox.learner
        with self._sandbox.host.lock:
            labs = progress(self._course.labs, learner.recollections)
            return {"format": 1, "now": iso(learner.world.account.clock.now), "labs": labs}

    def described(self, lab_id: str) -> dict[str, Any]:
        """A lab: its steps with what they ask, and this learner's values. Raises ContentError for an unknown one."""
        lab, values = self._lab(lab_id)
        steps = [
            {"step": one.id, "title": one.title, "ask": fill(one.ask, values), "points": one.points,
             "minutes": one.minutes}
            for one in lab.steps
        ]  # fmt: skip
        return {"format": 1, "lab": lab.id, "title": lab.title, "values": values, "steps": steps}

    def open(self, lab_id: str, how: str) -> dict[str, Any]:
        """Go on with the learner's cloud, or begin from the lab's opening state; what it lacks of that is in `lacks`.

        Before an opening state is made, the cloud is kept as the snapshot `mine before LAB`; `kept` goes back to it. A
        further opening keeps what was done meanwhile as a snapshot too; `worked_on` names it, "" where nothing was.
        """
        lab, _ = self._lab(lab_id)
        if how not in (MINE, OPENING, KEPT):
            raise ContentError(f"A lab cannot be opened from {how!r}.", next_step=f"Say {MINE}, {OPENING} or {KEPT}.")
        aside = ""
        if how == OPENING:
            aside = self._one_at_a_time(lab)
        elif how == KEPT:
            self._bring_back(lab)
        lacks = lacking(lab, self._sandbox.check_world())
        if not self._opening.locked():  # else it is a lab before that is being played: nobody's steps are taken
            with self._sandbox.host.lock:
                self._sandbox.learner.mark(lab.id, lab.steps[0].id)
        worked_on = aside if is_worked_on(aside) else ""
        return {**self.described(lab_id), "from": how, "lacks": lacks, "worked_on": worked_on}

    def hint(self, lab_id: str, step_id: str) -> dict[str, Any]:
        """The next rung for what the step lacks now; `now` is what a check sees. Rungs are counted for each check."""
        lab, values = self._lab(lab_id)
        step = lab.step(step_id)
        report = Report.from_json(self._sandbox.judge(lab_id, step_id)).steps[0]
        open_checks = [one for one in report.checks if one.verdict is not Verdict.PASSED]
        told: dict[str, Any] = {"format": 1, "lab": lab_id, "step": step_id, "of": len(step.hints)}
        if not open_checks:
            return {**told, "rung": 0, "check": "", "now": "", "cloud": "", "hint": "This step has passed."}
        one, learner = open_checks[0], self._sandbox.learner
        with self._sandbox.host.lock:
            given = len(learner.recollections.remarks("hint", lab=lab_id, step=step_id, check=one.check))
            rung = min(given + 1, len(step.hints))
            learner.remark("hint", lab=lab_id, step=step_id, check=one.check, rung=rung)
        text = fill(step.hint(one.check, rung), values)
        if given >= len(step.hints):
            text = f"{text} {NO_FURTHER_HINT}"
        return {**told, "rung": rung, "check": one.check, "now": one.seen, "cloud": one.cloud, "hint": text}

    def question(self, lab_id: str, prediction_id: str) -> dict[str, Any]:
        """The question, without its answer."""
        lab, values = self._lab(lab_id)
        one = lab.prediction(prediction_id)
        return {"format": 1, "prediction": one.id, "question": fill(one.question(), values)}

    def predict(self, lab_id: str, prediction_id: str, answer: object) -> dict[str, Any]:
        """Commit to an answer; the latest counts. Raises ContentError for one that the question does not take."""
        lab, _ = self._lab(lab_id)
        said = lab.prediction(prediction_id).answer(answer)
        with self._sandbox.host.lock:
            self._sandbox.learner.remark("prediction", lab=lab_id, prediction=prediction_id, answer=said)
        return {**self.question(lab_id, prediction_id), "answer": said}

    def compare(self, lab_id: str, prediction_id: str, outcome: str) -> dict[str, Any]:
        """What was said and what came, side by side. Raises ContentError where nothing was said before."""
        lab, values = self._lab(lab_id)
        one = lab.prediction(prediction_id)
        with self._sandbox.host.lock:
            made = self._sandbox.learner.recollections.remarks("prediction", lab=lab_id, prediction=prediction_id)
        if not made:
            raise ContentError(
                "Nothing was predicted yet.", next_step=f'Say it first: lab.predict("{prediction_id}", …).'
            )
        told = one.compared(made[-1]["answer"], outcome)
        return {"format": 1, "prediction": one.id, "compared": fill(told, values)}

    def _lab(self, lab_id: str) -> tuple[Lab, dict[str, str]]:
        lab = self._course.lab(lab_id)
        return lab, lab.values(self._sandbox.learner.birth.account)

    def _bring_back(self, lab: Lab) -> None:
        learner = self._sandbox.learner
        with self._sandbox.host.lock:
            if (mine := own_of(lab.id, learner.snapshots)) is None:
                raise ContentError(
                    f"No cloud was kept from before {lab.id}.", next_step="Yours was never put aside: go on with mine."
                )
            learner.restore(mine, [mine])

    def _one_at_a_time(self, lab: Lab) -> str:
        if not self._opening.acquire(blocking=False):
            raise ContentError("An opening state is being made already.", next_step="Wait until that has ended.")
        try:
            return self._make_opening(lab)
        finally:
            self._opening.release()

    def _make_opening(self, lab: Lab) -> str:
        """Make the opening state; answers the name that the cloud of before is kept under.

        Where it cannot be made, the learner's cloud is as it was. Raises ContentError, SandboxError for a full disk.
        """
        learner = self._sandbox.learner
        with self._sandbox.host.lock:
            mine = put_aside(lab.id, learner.snapshots, as_opened=learner.is_as_opened())
            learner.snapshot(mine)
        try:
            self._openings.make(lab)
        except (ContentError, SandboxError, OSError) as error:
            places = (self._sandbox.options.folder, Path(tempfile.gettempdir()))
            full = no_room(places, f"{lab.id} was not opened, and your cloud is as it was")
            with self._sandbox.host.lock:
                learner.restore(mine, [mine])
            raise full or error from None
        return mine
