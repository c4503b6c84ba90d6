"""Every folder of tests/dockerfiles is a build: a Dockerfile, its files, and in expect.toml what must come of it.

The same folders are built by a real engine in CI, see env/ci/dockerfiles.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dockerfile_cases import Case, all_cases, packed

from dockyard.containers.bases import BASES
from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Image, Images
from dockyard.errors import EngineError

CASES = all_cases()
OF_THE_BASES = {text for base in BASES.values() for text in base.settings["Env"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_dockerfile_gives_what_its_folder_expects(case: Case, images: Images, tmp_path: Path) -> None:
    if "error" in case.expected:
        with pytest.raises(EngineError) as refused:
            built(case, images, tmp_path)
        assert str(refused.value) == case.expected["error"]
        return
    image, log = built(case, images, tmp_path)
    compare(image, log, case.expected)


def built(case: Case, images: Images, folder: Path) -> tuple[Image, str]:
    log: list[str] = []
    order = Order(tags=(case.name,), **case.order)
    with Context(packed(case.lay_out(folder / "context"), folder / "context.tar")) as context:
        image = Build(images, context, order).run(lambda line: log.append(line.get("stream", "")))
    return image, "".join(log)


def compare(image: Image, log: str, expected: dict[str, Any]) -> None:
    if "config" in expected:
        config = dict(image.configuration["config"])
        config["Env"] = [text for text in config.get("Env", []) if text not in OF_THE_BASES]
        assert config == {"Env": [], **expected["config"]}
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
    wrong = [case for case in CASES if "error" in case.expected]
    assert len(wrong) >= 20
    assert len(CASES) - len(wrong) >= 40
