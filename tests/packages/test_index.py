"""The index, asked through pip: a real small one on loopback, with wheels and one source."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from wheelhouse import served, write_wheel, written

from dockyard.errors import ConflictError, PackageError
from dockyard.packages.distributions import Distributions
from dockyard.packages.target import Target

TABLE = {"app==1.0": ["part<2"], "app==2.0": ["part>=2"], "part==1.0": [], "part==2.0": [], "lonely==1.0": ["nowhere"]}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    wheels = written(tmp_path / "far", TABLE)
    write_wheel(wheels, "compiled", "1.0", tag="cp27-cp27m-manylinux1_x86_64")
    with tarfile.open(wheels / "sourced-1.0.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("sourced-1.0/setup.py"))
    with served(wheels, tmp_path / "index") as configuration:
        for name, value in configuration.items():
            monkeypatch.setenv(name, value)
        yield wheels


@pytest.fixture
def packages(tmp_path: Path, shop: Path) -> Distributions:
    assert shop.is_dir()
    return Distributions(tmp_path / "packages", installed=())


def test_what_is_not_at_hand_is_fetched_once_and_stays(packages: Distributions, tmp_path: Path) -> None:
    found = packages.resolve(["app"])
    assert found.pins == {"app": "2.0", "part": "2.0"}
    assert sorted(found.fetched) == ["app==2.0", "part==2.0"]
    located = Distributions(tmp_path / "packages", installed=()).files("app", "2.0")
    assert (located.site / "app.py").read_text() == "__version__ = '2.0'\n"
    assert located.entries == ("app-2.0.dist-info", "app.py")


def test_what_is_at_hand_is_preferred_to_what_is_newer(packages: Distributions) -> None:
    packages.fetch("part", "1.0")
    assert packages.resolve(["part"]).pins == {"part": "1.0"}
    assert packages.resolve(["app"]).pins == {"app": "2.0", "part": "2.0"}


def test_the_index_is_asked_for_all_where_the_newest_leads_nowhere(packages: Distributions) -> None:
    assert packages.resolve(["app", "part==1.0"]).pins == {"app": "1.0", "part": "1.0"}


def test_a_conflict_is_pips_own_sentence(packages: Distributions) -> None:
    with pytest.raises(ConflictError) as refused:
        packages.resolve(["app==2.0", "part==1.0"])
    first, *_ = refused.value.message.splitlines()
    assert first == (
        "ERROR: Cannot install app==2.0 and part==1.0 because these package versions have conflicting dependencies."
    )
    assert "app 2.0 depends on part>=2" in refused.value.message


def test_a_version_that_nobody_has_is_pips_own_sentence(packages: Distributions) -> None:
    with pytest.raises(ConflictError) as refused:
        packages.resolve(["app==9"])
    assert refused.value.message == (
        "ERROR: Could not find a version that satisfies the requirement app==9 (from versions: 1.0, 2.0)\n"
        "ERROR: No matching distribution found for app==9"
    )


def test_a_source_is_not_built(packages: Distributions) -> None:
    found = packages.resolve(["sourced==1.0", "app==1.0"])
    assert found.pins == {"app": "1.0", "part": "1.0"}
    assert found.unchecked == {"sourced==1.0": "there is no wheel of it, and no code of a package is run here"}


def test_a_wheel_for_another_python_cannot_be_fetched(packages: Distributions) -> None:
    with pytest.raises(PackageError, match=r"compiled==1.0 is not on this machine, and no index gives a wheel"):
        packages.fetch("compiled", "1.0")


def test_what_runs_here_is_fetched_where_the_image_has_another_python(packages: Distributions) -> None:
    found = packages.resolve(["app==1.0"], target=Target("3.13.1"))
    provided = packages.provide("3.13", found.pins)
    assert provided.lacking == ()
    assert packages.files("app", "1.0").version == "1.0"
