"""Three verdicts: passed, not yet with what was seen, and could not judge when we stumble."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from small_course import CHECK, write_course

from dockyard.content import Lab, open_course
from dockyard.errors import ContentError
from dockyard.grading import Failure, Report, Verdict, World, attempt, judge
from dockyard.grading.rendering import as_html, as_text

START = 1_767_600_000.0  # 2026-01-05T08:00:00Z


@dataclass
class Things:
    """As much of a world as the small course's checks ask."""

    things: set[str] = field(default_factory=set)
    account_id: str = "123456789012"

    def now(self) -> float:
        return START


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return open_course(write_course(tmp_path)).lab("01-small")


def world(*things: str) -> World:
    return cast(World, Things(set(things)))


def test_what_was_asked_and_is_there_passes(lab: Lab) -> None:
    report = judge(lab, None, world("credit-api"))
    assert [step.verdict for step in report.steps] == [Verdict.PASSED, Verdict.PASSED]
    assert (report.points, report.of, report.simulated_time) == (10, 10, "2026-01-05T08:00:00Z")


def test_what_is_not_there_is_not_yet_with_all_four_lines(lab: Lab) -> None:
    (step,) = judge(lab, "first", world()).steps
    (found,) = step.checks
    assert (step.verdict, step.points) == (Verdict.NOT_YET, 0)
    assert found.asked == "There is a thing of that name."
    assert (found.seen, found.cloud, found.next) == ("There is none.", "ThingNotFound: no", "Make one.")


@pytest.mark.parametrize(
    "content", [CHECK.replace("world.things", "world.thongs"), "import no_such_module\n", "x = 1\n", "def ("]
)
def test_a_crash_of_ours_is_never_the_learners_fault(lab: Lab, content: str, caplog: pytest.LogCaptureFixture) -> None:
    lab.step("first").check.write_text(content)
    with caplog.at_level(logging.ERROR):
        first, second = judge(lab, None, world("credit-api")).steps
    assert (first.verdict, second.verdict) == (Verdict.COULD_NOT_JUDGE, Verdict.PASSED)
    reference = first.checks[0].reference
    assert reference in caplog.text
    assert reference in first.checks[0].next
    assert "Traceback" not in as_text(judge(lab, "first", world("credit-api")))


def test_a_check_waits_for_the_one_it_builds_on(lab: Lab) -> None:
    more = '\n\n@check(after=it_is_there)\ndef it_works(world, values):\n    """It works."""\n    raise OSError\n'
    lab.step("first").check.write_text(CHECK + more)
    (step,) = judge(lab, "first", world()).steps
    assert [one.verdict for one in step.checks] == [Verdict.NOT_YET, Verdict.NOT_YET]
    assert "not judged yet" in step.checks[1].seen
    assert "later: It works." in as_text(judge(lab, "first", world()))


def test_an_unknown_step_is_refused_with_the_known_ones(lab: Lab) -> None:
    with pytest.raises(ContentError, match="Known: first, second"):
        judge(lab, "third", world())


def test_a_report_survives_json_and_an_unknown_format_is_refused(lab: Lab) -> None:
    report = judge(lab, None, world())
    told: dict[str, Any] = json.loads(json.dumps(report.as_json()))
    assert told["format"] == 1
    assert Report.from_json(told) == report
    told["steps"][0]["checks"][0]["weight"] = 3  # members may be added without a new format
    assert Report.from_json(told) == report
    with pytest.raises(ContentError, match="format 2"):
        Report.from_json({**told, "format": 2})


def test_the_text_and_the_page_say_the_same_and_escape_what_learners_wrote(lab: Lab) -> None:
    lab.step("first").check.write_text(CHECK.replace("There is none.", "There is <b>none</b> of `a<b`."))
    report = judge(lab, "first", world())
    assert "There is <b>none</b> of `a<b`." in as_text(report)
    page = as_html(report)
    assert "<b>" not in page
    assert "of <code>a&lt;b</code>." in page
    for text in ("not yet", "ThingNotFound: no", "Make one."):
        assert text in page
        assert text in as_text(report)


class RefusedError(Exception):
    response = {"Error": {"Code": "ClientException", "Message": "no such cluster"}}


def test_an_aws_refusal_is_quoted_and_any_other_crash_goes_on() -> None:
    with pytest.raises(Failure) as caught, attempt("It did not start.", next="Look."):
        raise RefusedError
    assert (caught.value.seen, caught.value.cloud) == ("It did not start.", "ClientException: no such cluster")
    with pytest.raises(KeyError), attempt("It did not start."):
        raise KeyError
