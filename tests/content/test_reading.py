"""The course is read from its folders, and every complaint names the file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_course import write_course

from dockyard.content import Places, lab_notebook, open_course, places, reading, solved_notebook, unpack
from dockyard.errors import ContentError


@pytest.fixture
def folders(tmp_path: Path) -> Places:
    return write_course(tmp_path)


def test_a_course_is_read_into_labs_steps_and_mistakes(folders: Places) -> None:
    lab = open_course(folders).lab("01-small")
    assert (lab.title, lab.points, [step.id for step in lab.steps]) == ("Small", 10, ["first", "second"])
    mistake = lab.step("first").mistake("none")
    assert (mistake.earns, mistake.cell) == ("There is none.", "first = 0\n")


def test_the_content_of_this_checkout_is_found_and_whole() -> None:
    for lab in open_course().labs:
        assert lab.notebook.is_file()
        assert all(len(step.mistakes) >= 2 for step in lab.steps)


def test_an_installed_package_is_asked_before_the_checkout(tmp_path: Path) -> None:
    package = tmp_path / "repository" / "src" / "dockyard"
    package.mkdir(parents=True)
    with pytest.raises(ContentError, match="missing"):
        places(package)
    write_course(tmp_path / "repository")
    assert places(package).labs == tmp_path / "repository" / "labs"
    write_course(package / "_content")
    assert places(package).labs == package / "_content" / "labs"


def test_an_unknown_lab_step_or_mistake_names_the_known_ones(folders: Places) -> None:
    course = open_course(folders)
    with pytest.raises(ContentError, match=r"no lab '02'.*Known: 01-small"):
        course.lab("02")
    with pytest.raises(ContentError, match=r"no step 'third'.*Known: first, second"):
        course.lab("01-small").step("third")
    with pytest.raises(ContentError, match=r"no mistake 'x'.*Known: none"):
        course.lab("01-small").step("first").mistake("x")


def test_a_lab_that_is_found_again_is_read_again_where_a_file_of_it_changed(
    folders: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "places", lambda: folders)
    lab = reading.find_lab("01-small")
    assert reading.find_lab("01-small") is lab
    mistake = folders.graders / "01-small" / "first" / "mistake_none.py"
    mistake.write_text("# earns: Something else.\nfirst = 0\n")
    assert reading.find_lab("01-small").step("first").mistake("none").earns == "Something else."


def _replace(file: str, old: str, new: str) -> Callable[[Path], None]:
    def breaking(root: Path) -> None:
        path = root / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return breaking


BROKEN = {
    "another format": (_replace("labs/01-small/lab.toml", "format = 1", "format = 9"), "lab.toml has format 9"),
    "no TOML": (_replace("labs/01-small/lab.toml", "[[steps]]", "[[steps"), "lab.toml is not valid TOML"),
    "two hints": (_replace("labs/01-small/lab.toml", '"look", ', ""), "step first: hints must be 3"),
    "no points": (_replace("labs/01-small/lab.toml", "points = 6", ""), "step second needs a whole number"),
    "doubled step": (_replace("labs/01-small/lab.toml", 'id = "second"', 'id = "first"'), "the step first twice"),
    "no check": (lambda root: (root / "graders/01-small/first.py").unlink(), "first.py is missing"),
    "no solution": (lambda root: (root / "graders/01-small/second/solution.py").unlink(), "solution.py is missing"),
    "no notebook": (lambda root: (root / "labs/01-small/lab.ipynb").unlink(), "lab.ipynb is missing"),
    "no sentence": (
        _replace("graders/01-small/first/mistake_none.py", "# earns: There is none.", "first = 0"),
        "mistake_none.py: the first line must be",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_course_names_the_file_and_the_rule(case: str, folders: Places) -> None:
    breaking, sentence = BROKEN[case]
    breaking(folders.labs.parent)
    with pytest.raises(ContentError, match=sentence):
        open_course(folders)


def test_a_solved_notebook_differs_from_the_handed_out_one_in_the_learners_cells_only(folders: Places) -> None:
    lab = open_course(folders).lab("01-small")
    sources = ["".join(cell["source"]) for cell in solved_notebook(lab, {"first": "none"})["cells"]]
    assert sources == ["intro", "first = 0\n", "second = 1\nsecond\n"]


def test_a_step_without_a_cell_of_its_own_is_named(folders: Places) -> None:
    _replace("labs/01-small/lab.ipynb", "step:second", "other")(folders.labs.parent)
    with pytest.raises(ContentError, match=r"lab\.ipynb has no cell tagged step:second"):
        solved_notebook(open_course(folders).lab("01-small"))


def test_a_file_that_is_no_notebook_is_named(folders: Places) -> None:
    (folders.labs / "01-small" / "lab.ipynb").write_text("{")
    with pytest.raises(ContentError, match=r"lab\.ipynb is no notebook"):
        lab_notebook(open_course(folders).lab("01-small"))


def test_unpacking_leaves_a_learners_work_alone(folders: Places, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "lab.ipynb").write_text("mine")
    unpack(open_course(folders).lab("01-small"), work)
    assert (work / "lab.ipynb").read_text() == "mine"


def test_unpacking_hands_out_what_a_learner_works_with_and_not_the_hints(folders: Places, tmp_path: Path) -> None:
    lab = open_course(folders).lab("01-small")
    (lab.folder / "laptop.py").write_text("")
    unpack(lab, tmp_path / "work")
    assert sorted(one.name for one in (tmp_path / "work").iterdir()) == ["lab.ipynb", "laptop.py"]


def test_a_learners_copy_of_the_course_has_no_graders(tmp_path: Path) -> None:
    where = write_course(tmp_path / "package" / "_content")
    shutil.rmtree(where.graders)
    lab = open_course(places(tmp_path / "package")).lab("01-small")
    assert [step.solution for step in lab.steps] == ["", ""]
    assert lab.step("first").mistakes == ()
