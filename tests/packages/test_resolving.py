"""What requirements resolve to: at hand where that will do, in pip's words where it will not, unchecked offline."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from wheelhouse import write_wheel, written

from dockyard.errors import ConflictError
from dockyard.packages.distributions import Distributions
from dockyard.packages.target import Target

TABLE = {
    "web==2.0": ["parts>=2", "extra; extra == 'more'", "old-only; python_version < '3.10'"],
    "web==3.0": ["parts>=3", "extra; extra == 'more'", "arm-only; platform_machine == 'aarch64'"],
    "parts==2.5": [],
    "parts==3.1": ["leaf"],
    "leaf==1.0": [],
    "extra==7.0": [],
    "old-only==1.0": [],
    "arm-only==1.0": [],
}


@pytest.fixture
def near(tmp_path: Path) -> Distributions:
    wheels = written(tmp_path / "wheels", TABLE)
    return Distributions(tmp_path / "packages", wheels=wheels, installed=())


def test_the_whole_closure_is_pinned_and_the_newest_is_taken(near: Distributions) -> None:
    assert near.resolve(["web"]).pins == {"leaf": "1.0", "parts": "3.1", "web": "3.0"}


def test_a_pin_decides_what_it_requires(near: Distributions) -> None:
    assert near.resolve(["web==2.0", "parts<3"]).pins == {"parts": "2.5", "web": "2.0"}


def test_the_resolver_goes_back_to_an_older_version_where_the_newest_does_not_fit(near: Distributions) -> None:
    assert near.resolve(["web", "parts<3"]).pins == {"parts": "2.5", "web": "2.0"}


def test_a_constraint_limits_and_installs_nothing(near: Distributions) -> None:
    assert near.resolve(["web"], ["parts<3", "extra==7.0"]).pins == {"parts": "2.5", "web": "2.0"}


def test_an_extra_brings_what_it_names(near: Distributions) -> None:
    assert near.resolve(["Web[more]==3"]).pins == {"extra": "7.0", "leaf": "1.0", "parts": "3.1", "web": "3.0"}


def test_markers_are_those_of_the_images_python_and_platform(near: Distributions) -> None:
    old = near.resolve(["web<3", "leaf; python_version >= '3.10'"], target=Target("3.9.25"))
    assert old.pins == {"leaf": "1.0", "old-only": "1.0", "parts": "3.1", "web": "2.0"}
    assert "arm-only" in near.resolve(["web"], target=Target("3.12", "arm64")).pins


def test_what_is_there_already_stays_where_it_will_do(near: Distributions) -> None:
    assert near.resolve(["parts"], present={"parts": "2.5"}).pins == {"parts": "2.5"}
    assert near.resolve(["parts>=3"], present={"parts": "2.5"}).pins == {"leaf": "1.0", "parts": "3.1"}


def test_without_dependencies_only_what_was_asked_for_comes(near: Distributions) -> None:
    assert near.resolve(["web"], alone=True).pins == {"web": "3.0"}


def test_a_conflict_is_told_as_pip_tells_it(near: Distributions) -> None:
    with pytest.raises(ConflictError) as refused:
        near.resolve(["web==3.0", "parts==2.5"])
    assert refused.value.message == (
        "ERROR: Cannot install parts==2.5 and web==3.0 because these package versions have conflicting "
        "dependencies.\n\n"
        "The conflict is caused by:\n"
        "    The user requested parts==2.5\n"
        "    web 3.0 depends on parts>=3\n\n"
        "To fix this you could try to:\n"
        "1. loosen the range of package versions you've specified\n"
        "2. remove package versions to allow pip attempt to solve the dependency conflict\n\n"
        "ERROR: ResolutionImpossible"
    )


def test_two_pins_of_one_package_are_a_conflict_even_if_nobody_knows_it(near: Distributions) -> None:
    with pytest.raises(ConflictError, match=r"Cannot install unknown==1 and unknown==2 because"):
        near.resolve(["unknown==1", "unknown==2"])


def test_a_version_for_another_python_is_named(tmp_path: Path) -> None:
    write_wheel(tmp_path / "wheels", "fresh", "2.0", python=">=3.11")
    near = Distributions(tmp_path / "packages", wheels=tmp_path / "wheels", installed=())
    with pytest.raises(ConflictError) as refused:
        near.resolve(["fresh==2.0"], target=Target("3.9.25"))
    assert refused.value.message == (
        "ERROR: Ignored the following versions that require a different python version: 2.0 Requires-Python >=3.11\n"
        "ERROR: Could not find a version that satisfies the requirement fresh==2.0 (from versions: none)\n"
        "ERROR: No matching distribution found for fresh==2.0"
    )


def test_offline_what_nobody_here_has_is_unchecked_and_the_rest_is_pinned(near: Distributions) -> None:
    found = near.resolve(["web==3.0", "torch==2.9.0", "pandas"])
    assert found.pins == {"leaf": "1.0", "parts": "3.1", "web": "3.0"}
    assert found.unchecked == {"torch==2.9.0": "no index reachable", "pandas": "no index reachable"}


def test_offline_the_second_time_nobody_is_asked(near: Distributions) -> None:
    near.resolve(["torch==2.9.0"])
    began = time.process_time(), time.perf_counter()
    assert near.resolve(["torch==2.9.0"]).unchecked
    assert time.perf_counter() - began[1] < 0.2, "pip was started again"


def test_what_is_installed_here_is_at_hand(tmp_path: Path) -> None:
    found = Distributions(tmp_path / "packages").resolve(["starlette"], target=Target("3.12.12"))
    assert "anyio" in found.pins
    located = Distributions(tmp_path / "packages").files("Starlette", found.pins["starlette"])
    assert "starlette" in located.entries
    assert (located.site / "starlette" / "__init__.py").is_file()
    assert located.size > 100_000
