"""What is said after a prediction is true of what came, and of what was answered."""

from __future__ import annotations

from pathlib import Path

from small_course import write_course

from dockyard.content import Prediction, open_course

CHOICE = Prediction(
    "stop", "What happens?", "b", "It was killed.", choices={"a": "It ends.", "b": "It waits.", "c": "It runs on."},
    betrays={"a": "Nobody handles it.", "c": "It is killed."}, elsewise={"a": "Yours handles it."},
)  # fmt: skip
NUMBER = Prediction("arm", "How many?", "25", "0.8 × 1.25 is 1.", unit="percent", betrays={"20": "A quarter."})


def test_what_came_as_expected_is_explained_and_a_wrong_choice_is_answered() -> None:
    assert CHOICE.compared("b", "b").splitlines()[1:] == ["That is how it came out.", "It was killed."]
    assert CHOICE.compared("a", "b").splitlines()[1:] == ["It was b) It waits.", "Nobody handles it."]
    assert CHOICE.compared("c", "").splitlines()[1:] == ["Right is b) It waits.", "It is killed."]


def test_another_outcome_is_never_explained_as_the_expected_one() -> None:
    assert CHOICE.compared("a", "a").splitlines()[1:] == ["That is how it came out.", "Yours handles it."]
    assert CHOICE.compared("b", "a").splitlines()[1:] == ["It was a) It ends.", "Yours handles it."]
    assert CHOICE.compared("b", "c").splitlines()[1:] == ["It was c) It runs on."]


def test_a_wrong_number_may_have_a_sentence_of_its_own() -> None:
    assert NUMBER.compared(NUMBER.answer(20.0), "25") == "You said 20; it was 25 percent.\nA quarter."
    assert NUMBER.compared(NUMBER.answer(30), "25").endswith("0.8 × 1.25 is 1.")


def test_the_lines_of_a_text_are_joined(tmp_path: Path) -> None:
    where = write_course(tmp_path)
    told = '[q]\nask = """\nHow\nmany?\n"""\nright = 2\nbecause = """\nOne\nand one.\n"""\n[q.betrays]\n1 = "a\\nb"\n'
    (where.graders / "01-small" / "predictions.toml").write_text(told)
    (one,) = open_course(where).lab("01-small").predictions
    assert (one.ask, one.because, one.betrays) == ("How many?", "One and one.", {"1": "a b"})
