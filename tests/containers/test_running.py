"""RUN without running: whatever a shell's text says, the build ends with an image or a sentence, and nothing runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from wheelhouse import write_wheel

from dockyard.containers.images import Image, Images
from dockyard.containers.requirements import RequirementError, requirement
from dockyard.containers.shell import statements
from dockyard.errors import EngineError

Make = Callable[..., tuple[Image, str]]
COMMANDS = (
    "pip install joblib", "mkdir -p /a/b", "rm -rf /a", "cd /a", "chmod 755 /a", "chown 1:2 /a", "touch /z",
    "ln -s /z /l", "cp -r /a /c", "mv /c /d", "useradd u", "set -e", "export A=1", "echo x > /a/y", "for i in a",
    "pip", "install",
)  # fmt: skip
FRAGMENTS = (
    "$(touch HERE)", "`touch HERE`", "$A", "${A:-b}", "${A", "'", '"', "\\", "*", "/*", "[", ">", ">>", "2>&1", "<",
    "#", "(", ")", "{", "}", "if", "then", "fi", "do", "done", "case", "-", "--", "=", "A=", "-r", "-c", "/x.txt",
    "-e", ".", "\x00", "é", "\n",
)  # fmt: skip
PIECES = COMMANDS + FRAGMENTS
JOINTS = (" ", " && ", " || ", "; ", " | ", " & ", "")


@given(some.lists(some.tuples(some.sampled_from(PIECES), some.sampled_from(JOINTS)), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shell_text_ends_in_an_image_or_a_sentence(
    build: Make, tmp_path: Path, parts: list[tuple[str, str]]
) -> None:
    text = "".join(piece + joint for piece, joint in parts).replace("HERE", str(tmp_path / "here"))
    try:
        image, _ = build({"Dockerfile": "FROM debian:bookworm-slim\nRUN " + text.replace("\n", " \\\n") + "\n"})
        paths, said = set(image.files()), "built"
    except EngineError as refused:
        paths, said = set(), refused.message
    assert said
    assert not [path for path in paths if "/../" in path]
    assert not (tmp_path / "here").exists()


@example("1@;")
@given(some.text(alphabet="ab1.-_ []=<>!~,;()'\"@#*+ \t", max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_requirement_is_read_or_refused_in_pips_words(text: str) -> None:
    try:
        read = requirement(text)
    except RequirementError as refused:
        said = str(refused)
    else:
        assert requirement(read.whole) == read
        return
    assert said.startswith("ERROR: Invalid requirement: ")


@given(some.text(max_size=60))
def test_a_shell_text_is_read_whole(text: str) -> None:
    for each in statements(text):
        assert each.text in text or "; " in each.text or " && " in each.text or " || " in each.text


def test_the_shells_joints_decide_what_is_done(build: Make) -> None:
    command = "false || mkdir /a; false && mkdir /b; true || mkdir /c; mkdir /d"
    image, _ = build({"Dockerfile": f"FROM debian:bookworm-slim\nRUN {command}\n"})
    assert {"/a", "/d"} <= image.files().keys()
    assert not {"/b", "/c"} & image.files().keys()


@pytest.mark.parametrize(
    ("command", "code"),
    [("false", 1), ("exit 3", 3), ("cd /nowhere", 2), ("set -e; false; true", 1), ("mkdir /x/y && true", 1)],
)
def test_a_command_that_fails_fails_the_build(build: Make, command: str, code: int) -> None:
    with pytest.raises(EngineError) as refused:
        build({"Dockerfile": f"FROM debian:bookworm-slim\nRUN {command}\n"})
    expected = f"The command '/bin/sh -c {command}' returned a non-zero code: {code}"
    assert refused.value.message.splitlines()[-1] == expected
    assert refused.value.next_step == "(Dockerfile line 2)"


def test_a_file_taken_away_stays_in_the_layer_below(build: Make) -> None:
    files = {"Dockerfile": "FROM debian:bookworm-slim\nCOPY key /k/key\nRUN rm -r /k\n", "key": "secret\n"}
    image, _ = build(files)
    assert "/k" not in image.files()
    assert "/k/key" in image.layer_files(1)
    assert "/.wh.k" in image.layer_files(2)


def test_what_was_resolved_once_is_not_resolved_again(build: Make, images: Images, shelf: Path) -> None:
    text = {"Dockerfile": "FROM python:3.12-slim\nRUN pip install joblib\n"}
    assert build(text)[0].installed() == ["joblib==1.5.0"]
    newer = write_wheel(shelf, "joblib", "1.6.0")
    try:
        image, log = build(text)
        assert log.count("Using cache") == 1
        assert image.installed() == ["joblib==1.5.0"]
        assert build(text, use_cache=False)[0].installed() == ["joblib==1.6.0"]
    finally:
        newer.unlink()
    assert images.distributions


def test_an_upgrade_in_a_later_run_takes_the_place_of_what_was_there(build: Make) -> None:
    text = "FROM python:3.12-slim\nRUN pip install flask==3.0.3\nRUN pip install -U flask\n"
    image, log = build({"Dockerfile": text})
    assert image.installed() == ["flask==3.1.2", "werkzeug==3.1.3"]
    assert "Successfully installed flask-3.1.2\n" in log
    assert not [path for path in image.files() if "flask-3.0.3" in path]


def test_a_base_carries_what_it_installed(build: Make) -> None:
    build({"Dockerfile": "FROM python:3.12-slim\nRUN pip install numpy==2.0.0\n"}, tags=("base",))
    image, _ = build({"Dockerfile": "FROM base\nRUN pip install pandas\n"})
    assert image.installed() == ["numpy==2.0.0", "pandas==2.2.2"]


@pytest.mark.parametrize(
    ("above", "place"),
    [
        ("RUN useradd -m app\nUSER app", "/home/app/.local"),
        ("RUN useradd app && mkdir /home/app && chown app /home/app\nUSER app", "/home/app/.local"),
        ("RUN useradd app\nUSER app\nENV HOME=/tmp", "/tmp/.local"),
        ("RUN useradd app && chown -R app /usr/local\nUSER app", "/usr/local"),
        ("RUN useradd app && install -d -o app /home/app\nUSER app", "/home/app/.local"),  # not carried out here
    ],
)
def test_pip_installs_where_its_user_may_write(above: str, place: str, build: Make) -> None:
    image, _ = build({"Dockerfile": f"FROM python:3.12-slim\n{above}\nRUN pip install joblib\n"})
    assert f"{place}/lib/python3.12/site-packages/joblib-1.5.0.dist-info/METADATA" in image.files()


@pytest.mark.parametrize(
    ("above", "refused"),
    [
        ("RUN useradd app\nUSER app", "/home/app"),
        ("RUN useradd app && mkdir /home/app\nUSER app", "/home/app/.local"),
        ("USER 10001", "/.local"),
        ("RUN useradd -m app && python -m venv /env\nENV PATH=/env/bin:$PATH\nUSER app", "/env/lib"),
    ],
)
def test_pip_fails_where_its_user_may_not_write(above: str, refused: str, build: Make) -> None:
    with pytest.raises(EngineError, match=rf"Permission denied: '{refused}'\n"):
        build({"Dockerfile": f"FROM python:3.12-slim\n{above}\nRUN pip install joblib\n"})


def test_pip_needs_no_rights_for_what_root_has_installed(build: Make) -> None:
    text = "FROM python:3.12-slim\nRUN useradd app && pip install joblib\nUSER app\nRUN pip install joblib\n"
    image, _ = build({"Dockerfile": text})
    assert image.installed() == ["joblib==1.5.0"]


def test_what_was_not_carried_out_is_said_where_the_build_ends_each_time(build: Make) -> None:
    files = {"Dockerfile": "FROM python:3.12-slim\nRUN nonsense-command --x\nRUN apt-get install -y curl && id\n"}
    for _ in "built", "from the cache":
        _, log = build(files, tags=("api:1",))
        end = log.partition("Successfully tagged api:1\n")[2]
        assert end.startswith("[Warning] Dockyard did not carry this out, so a green build does not say that it works")
        assert end.endswith(": nonsense-command --x\n")
        assert end.count("\n") == 1
