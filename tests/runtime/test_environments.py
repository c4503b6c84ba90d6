"""An image's own virtual environment has the container's Python and packages; a link out of the tree is left alone."""

from __future__ import annotations

from pathlib import Path

from dockyard.runtime.environments import lay_environments


def laid(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "usr/local/bin").mkdir(parents=True)
    (root / "usr/local/pyvenv.cfg").write_text("home = /here\n")
    for name in ("python", "python3", "python3.11"):
        (root / "usr/local/bin" / name).symlink_to("/here/python3.11")
    (root / "usr/local/bin/flask").write_text("#!/bin/sh\n")
    (root / "usr/local/lib/python3.11/site-packages/flask").mkdir(parents=True)
    return root


def environment(place: Path) -> Path:
    (place / "bin").mkdir(parents=True)
    (place / "pyvenv.cfg").write_text("home = /usr/local/bin\n")
    return place


def test_an_environment_sees_the_packages_and_commands(tmp_path: Path) -> None:
    root = laid(tmp_path)
    place = environment(root / "opt/venv")
    lay_environments(root, "3.11", ["flask"])
    assert (place / "lib/python3.11/site-packages/flask").is_dir()
    assert (place / "bin/flask").read_text() == "#!/bin/sh\n"
    assert (place / "bin/python").readlink() == Path("/here/python3.11")


def test_what_a_link_leads_to_outside_is_not_touched(tmp_path: Path) -> None:
    root, outside = laid(tmp_path), environment(tmp_path / "outside/venv")
    (root / "opt").symlink_to(outside.parent)
    (root / "venv").symlink_to(outside)
    inner = environment(root / "srv/venv")
    (inner / "lib").symlink_to(outside)
    lay_environments(root, "3.11", ["flask"])
    assert sorted(path.name for path in outside.rglob("*")) == ["bin", "pyvenv.cfg"]
    assert (outside / "pyvenv.cfg").read_text() == "home = /usr/local/bin\n"
