"""Whatever text stands in a Dockerfile or a .dockerignore, it is read or refused with a sentence: never a traceback."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockyard.containers.blobs import BlobStore
from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.grammar import KEYWORDS
from dockyard.containers.ignore import Ignore, compiled
from dockyard.containers.images import Images
from dockyard.containers.requirements import RequirementError, requirement
from dockyard.containers.substitution import SubstitutionError, expand, split_words
from dockyard.containers.table import ImageTable
from dockyard.errors import EngineError

PIECES = [
    "$A",
    "${A",
    "${A:-x}",
    "}",
    "'",
    '"',
    "\\",
    "=",
    "[",
    "]",
    "--from=0",
    "--x",
    "/",
    "..",
    "*",
    " ",
    "\t",
    "\n",
]
PIECES += [
    "app",
    "pip install",
    "-r",
    "&&",
    "(",
    ";",
    "<<EOF",
    "#",
    "A=1",
    '["a"]',
    "8080",
    "CMD",
    "\x00",
    "é",
    "[b-a]",
    "[^a]",
    "**",
    "flask",
    ">=1",
]
texts = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
lines = st.tuples(st.sampled_from(sorted(KEYWORDS)), texts).map(" ".join)
often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def refusal(work: Callable[[], object]) -> str | None:
    """The sentence in which work is refused, or None where it is done; any other exception fails the test."""
    try:
        work()
    except (EngineError, SubstitutionError, RequirementError) as error:
        return str(error)
    return None


@often
@given(st.lists(lines, max_size=4).map("\n".join))
def test_any_dockerfile_is_built_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    data = f"FROM python:3.12-slim\n{text}\n".encode()
    with tarfile.open(folder / "context.tar", "w") as tar:
        member = tarfile.TarInfo("Dockerfile")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    images = Images(BlobStore(folder / "blobs"), ImageTable(folder))
    with Context(folder / "context.tar") as context:
        assert refusal(lambda: Build(images, context, Order()).run(lambda _: None).files()) != ""


@often
@given(texts)
def test_any_text_is_expanded_or_refused(text: str) -> None:
    assert refusal(lambda: expand(text, {"A": "value"})) != ""


@often
@given(texts)
def test_splitting_loses_no_character_but_spaces(text: str) -> None:
    assert "".join("".join(split_words(text)).split()) == "".join(text.split())


@often
@given(texts, st.sampled_from(["app", "a/b/c", "a.txt", "x/..y"]))
def test_any_dockerignore_answers(text: str, path: str) -> None:
    assert refusal(lambda: Ignore(text).ignores(path)) != ""


@often
@given(texts)
def test_any_requirement_is_read_or_refused(text: str) -> None:
    assert "ERROR" in (refusal(lambda: requirement(text)) or "ERROR")


@pytest.mark.parametrize(
    ("rules", "path", "stays_out"),
    [
        ("*.md", "a.md", True),
        ("*.md", "docs/a.md", False),
        ("**/*.md", "docs/deep/a.md", True),
        ("docs", "docs/a", True),
        ("docs/", "docs/a", True),
        ("/docs", "docs/a", True),
        ("docs\n!docs/keep", "docs/keep", False),
        ("!docs/keep\ndocs", "docs/keep", True),
        ("*\n!app", "app/x.py", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[a-c].txt", "b.txt", True),
        ("**", "any/thing", True),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("# docs", "# docs", False),
        ("a/../b", "b", True),
    ],
)
def test_the_last_rule_that_matches_decides(rules: str, path: str, stays_out: bool) -> None:
    assert Ignore(rules).ignores(path) is stays_out


@often
@given(st.text("ab*/?", max_size=8), st.text("ab/", min_size=1, max_size=8))
def test_stars_match_what_every_way_to_share_a_name_would(pattern: str, path: str) -> None:
    pattern = re.sub(r"\*+", "*", pattern)  # two in a row reach over folders: the cases above
    every_way = re.escape(pattern).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    assert bool(compiled(pattern).fullmatch(path)) is bool(re.fullmatch(every_way, path))


def test_a_pattern_of_many_stars_does_not_take_for_ever() -> None:
    assert not Ignore("*a" * 40).ignores("a" * 200 + "b")  # tried every way it outlives the universe
    assert "more than 5" in refusal(lambda: Ignore("**/a/" * 9).ignores("a/" * 99))
