"""A wheel is unpacked whole or not at all, and never out of its folder."""

from __future__ import annotations

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from wheelhouse import write_wheel

from dockyard.errors import PackageError
from dockyard.packages.shelf import Shelf
from dockyard.packages.wheel import Wheel


@pytest.mark.parametrize("path", ["../out.py", "/out.py", "a/../../out.py", "..\\out.py", "C:/out.py"])
def test_no_file_leaves_the_folder(tmp_path: Path, path: str) -> None:
    shelf = Shelf(tmp_path / "deep" / "shelf")
    with pytest.raises(PackageError, match="outside of its folder"):
        shelf.put(Wheel(write_wheel(tmp_path, "bad", "1", files={path: "x = 1\n"})))
    assert list(shelf.folder.iterdir()) == []
    assert not list(tmp_path.rglob("out.py"))


def test_a_link_is_refused(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "bad", "1")
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(PackageError, match="outside of its folder"):
        Shelf(tmp_path / "shelf").put(Wheel(wheel))


def test_a_file_that_is_not_what_the_record_says_is_refused(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "bad", "1")
    changed = tmp_path / "changed" / wheel.name
    changed.parent.mkdir()
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, "import os\n" if name == "bad.py" else old.read(name))
    with pytest.raises(PackageError, match=r"bad.py is not what its RECORD says"):
        Shelf(tmp_path / "shelf").put(Wheel(changed))
    assert Shelf(tmp_path / "shelf").sites("bad") == []


def test_a_file_that_the_record_does_not_name_is_refused(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "bad", "1")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("more.py", "x = 1\n")
    with pytest.raises(PackageError, match=r"more.py, which its RECORD does not name"):
        Shelf(tmp_path / "shelf").put(Wheel(wheel))


@pytest.mark.parametrize("name", ["bad.whl", "bad-1.zip", "bad-1-py3-none-any.whl"])
def test_what_is_no_wheel_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no archive")
    with pytest.raises(PackageError):
        Shelf(tmp_path / "shelf").put(Wheel(tmp_path / name))


def test_commands_and_platform_files_are_found(tmp_path: Path) -> None:
    files = {
        "tool-1.dist-info/entry_points.txt": "[console_scripts]\ntool = tool.cli:main [fast]\n[other]\nx = y:z\n",
        "tool-1.data/scripts/run-tool": "#!python\n",
        "tool-1.data/platlib/tool_native/__init__.py": "",
    }
    shelf = Shelf(tmp_path / "shelf")
    shelf.put(Wheel(write_wheel(tmp_path, "tool", "1", files=files)))
    [site] = shelf.sites("tool")
    located = site.located
    assert located.console_scripts == {"tool": "tool.cli:main"}
    assert [each.name for each in located.programs] == ["run-tool"]
    assert located.entries == ("tool-1.dist-info", "tool.py", "tool_native")


def test_many_may_put_the_same_wheel_at_once(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "same", "1", files={f"same_{n}.py": "" for n in range(200)})
    shelf = Shelf(tmp_path / "shelf")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: shelf.put(Wheel(wheel)), range(16)))
    assert [path.name for path in shelf.folder.iterdir()] == ["same-1-py3-none-any"]
