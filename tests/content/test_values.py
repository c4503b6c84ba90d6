"""Values: drawn by the learner's word, always the same, nearly always another set for another learner."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dockyard.content import fill, places
from dockyard.content.reading import shared_values
from dockyard.content.values import draw

CHOICES = {"name": ("credit", "loan", "lease"), "port": ("8080", "8000"), "repository": ("{name}-api",)}


@given(st.text("0123456789", min_size=12, max_size=12))
def test_values_repeat_and_texts_name_the_values_before_them(account: str) -> None:
    drawn = draw(CHOICES, account)
    assert drawn == draw(CHOICES, account)
    assert all(drawn[name] in texts for name, texts in CHOICES.items() if name != "repository")
    assert drawn["repository"] == f"{drawn['name']}-api"


def test_a_class_of_learners_draws_many_different_sets() -> None:
    choices = shared_values(places())
    sets = {tuple(draw(choices, f"{number:012d}").items()) for number in range(30)}
    assert len(sets) > 20


def test_braces_that_name_no_value_stay() -> None:
    assert fill('{name} {"a": 1} {unknown}', {"name": "loan"}) == 'loan {"a": 1} {unknown}'
