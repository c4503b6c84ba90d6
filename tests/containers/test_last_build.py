"""What the last build of a name came to is known, also to a new process, until the name is given in another way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dockyard.containers.images import Image, Images
from dockyard.containers.last_build import LastBuild
from dockyard.containers.references import Reference
from dockyard.containers.table import ImageTable
from dockyard.errors import EngineError

Make = Callable[..., tuple[Image, str]]
NAMED = {"tags": ("api:1",)}


def test_of_a_build_that_went_well_it_is_known_what_was_sent(build: Make, images: Images) -> None:
    build({"Dockerfile": "FROM scratch\n", "src/a.py": "", "b.env": "", ".dockerignore": "*.md\n*.env\n"}, **NAMED)
    found = images.table.last_build("api:1")
    assert (found.failed, found.sent) == ("", (".dockerignore", "Dockerfile", "src"))
    assert (found.ignored_by("b.env"), found.ignored_by("src/a.py")) == ("*.env", "")


@pytest.mark.parametrize(
    ("dockerfile", "words"),
    [
        ("FROM python:3.12-alpine\n", "manifest for python:3.12-alpine not found: manifest unknown."),
        ("FROM scratch\nRUNN x\n", "unknown instruction: RUNN"),
    ],
)
def test_the_words_of_a_build_that_failed_stay_beside_the_older_image(
    dockerfile: str, words: str, build: Make, images: Images, tmp_path: Path
) -> None:
    build({"Dockerfile": "FROM scratch\n"}, **NAMED)
    with pytest.raises(EngineError):
        build({"Dockerfile": dockerfile}, **NAMED)
    assert words in images.table.last_build("api:1").failed
    assert words in ImageTable(tmp_path).last_build("api:1").failed
    build({"Dockerfile": "FROM scratch\n"}, **NAMED)
    assert images.table.last_build("api:1").failed == ""


def test_a_name_given_in_another_way_has_no_build(build: Make, images: Images) -> None:
    image, _ = build({"Dockerfile": "FROM scratch\n"}, **NAMED)
    images.table.tag(image.id, Reference.parse("api:1"))
    assert images.table.last_build("api:1") == LastBuild()


def test_an_account_that_goes_back_forgets_what_was_built_and_loaded_last(build: Make, images: Images) -> None:
    before = images.table.kept()
    build({"Dockerfile": "FROM scratch\n"}, **NAMED)
    images.table.note_load("unrecognized image format")
    images.table.become(1, before)
    assert (images.table.last_build("api:1"), images.table.refused_load) == (LastBuild(), "")
