"""Every folder of tests/dockerfiles is a build: a Dockerfile, its files, and in expect.toml what must come of it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dockyard.containers.images import Image
from dockyard.errors import EngineError

CASES = sorted(path.parent for path in (Path(__file__).parents[1] / "dockerfiles").glob("*/expect.toml"))


def files_of(case: Path) -> dict[str, bytes]:
    inside = (path for path in sorted(case.rglob("*")) if path.is_file() and path.name != "expect.toml")
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in inside}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_dockerfile_gives_what_its_folder_expects(case: Path, build: Callable[..., tuple[Image, str]]) -> None:
    expected = tomllib.loads((case / "expect.toml").read_text())
    order = {"tags": (case.name,), **expected.get("order", {})}
    if "error" in expected:
        with pytest.raises(EngineError) as refused:
            build(files_of(case), **order)
        assert str(refused.value) == expected["error"]
        return
    image, log = build(files_of(case), **order)
    compare(image, log, expected)


def compare(image: Image, log: str, expected: dict[str, Any]) -> None:
    if "config" in expected:
        assert image.configuration["config"] == expected["config"]
    facts = {
        "packages": image.packages(),
        "installed": image.installed(),
        "unchecked": image.unchecked(),
        "python": image.python_version(),
        **image.configuration,
    }
    for name, value in expected.get("image", {}).items():
        assert facts[name] == value, name
    files = image.files()
    for path, facts in expected.get("files", {}).items():
        assert {name: getattr(files[path], name) for name in facts} == facts, path
    assert [path for path in expected.get("absent", []) if path in files] == []
    assert [line for line in expected.get("log", []) if line + "\n" not in log] == []


def test_there_are_cases_of_both_kinds() -> None:
    wrong = [case for case in CASES if "error" in tomllib.loads((case / "expect.toml").read_text())]
    assert len(wrong) >= 10
    assert len(CASES) - len(wrong) >= 10
