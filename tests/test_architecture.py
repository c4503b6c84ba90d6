"""The architecture's sentences that the import contracts cannot hold: what checks import, what every package says."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import dockyard

ROOT = Path(__file__).parents[1]


def imported(file: Path) -> set[str]:
    """The modules a file imports, as it names them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_checks_import_only_grading_and_the_standard_library() -> None:
    checks = list((ROOT / "graders").glob("*/*.py"))
    assert checks
    for file in checks:
        foreign = {
            name
            for name in imported(file)
            if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("dockyard.grading")
        }
        assert foreign == set(), file


def test_every_package_says_what_it_knows_nothing_about() -> None:
    packages = [file for file in (ROOT / "src").rglob("__init__.py") if file.parent.name != "dockyard"]
    assert len(packages) > 10
    for file in packages:
        assert "nothing about" in (ast.get_docstring(ast.parse(file.read_text())) or ""), file


def test_the_package_hands_out_what_it_names_and_nothing_else() -> None:
    assert dockyard.__all__ == ["__version__", "lab"]
    assert dockyard.lab.__class__.__module__ == "dockyard.notebook"


def test_no_empty_package_and_no_engine_room_imports_the_content() -> None:
    for file in (ROOT / "src").rglob("*.py"):
        assert not {name.split(".")[0] for name in imported(file)} & {"labs", "graders", "env"}, file
