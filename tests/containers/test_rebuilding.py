"""What is foretold of a rebuild on another day is what a rebuild does once newer wheels really lie there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from wheelhouse import NOBODY, written

from dockyard.containers.blobs import BlobStore
from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Image, Images
from dockyard.containers.rebuilding import moved_packages
from dockyard.containers.table import ImageTable
from dockyard.packages.distributions import Distributions

TODAY = {"flask==3.1.2": ["werkzeug>=3.1"], "werkzeug==3.1.3": [], "joblib==1.5.0": [], "pytest==9.0.0": []}
ANOTHER_DAY = {
    "flask==3.1.3": ["werkzeug>=3.1"], "flask==3.2.0": ["werkzeug>=3.1"], "flask==4.0.0": ["werkzeug>=3.1"],
    "werkzeug==3.1.4": [], "werkzeug==3.2.0": [], "werkzeug==4.0.0": [],
    "joblib==1.5.1": [], "joblib==1.6.0": [], "joblib==2.0.0": [], "pytest==9.0.1": [], "pytest==10.0.0": [],
}  # fmt: skip
BASE = "FROM python:3.12-slim\n"
DOCKERFILES = {
    "nothing pinned": (
        BASE + "RUN pip install flask joblib\n", {"flask": "4.0.0", "werkzeug": "4.0.0", "joblib": "2.0.0"}
    ),
    "what it brings is not": (BASE + "RUN pip install flask==3.1.2\n", {"werkzeug": "4.0.0"}),
    "to a minor version": (
        BASE + "RUN pip install 'flask~=3.1.0' werkzeug==3.1.*\n", {"flask": "3.1.3", "werkzeug": "3.1.4"}
    ),
    "below a version": (BASE + "RUN pip install 'flask<4' werkzeug==3.1.3\n", {"flask": "3.2.0"}),
    "all pinned": (BASE + "COPY locked.txt .\nRUN pip install -r locked.txt\n", {}),
    "held by constraints": (BASE + "COPY locked.txt .\nRUN pip install -c locked.txt flask\n", {}),
    "there already": (BASE + "RUN pip install werkzeug==3.1.3\nRUN pip install flask==3.1.2\n", {}),
    "alone": (BASE + "RUN pip install --no-deps flask==3.1.2\n", {}),
    "in an earlier stage": (
        BASE.replace("slim", "slim AS packages") + "RUN pip install pytest && pip install --prefix /p joblib\n"
        + BASE + "COPY --from=packages /p /usr/local\n",
        {"joblib": "2.0.0"},
    ),
    "from wheels of the image": (
        BASE + "RUN pip download joblib==1.5.0 -d /w\nRUN pip install --no-index --find-links /w joblib\n", {}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCKERFILES)
def test_a_rebuild_moves_what_was_foretold_and_else_gives_the_same_image(
    name: str, tmp_path: Path, pack: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in NOBODY.items():
        monkeypatch.setenv(variable, value)
    dockerfile, moves = DOCKERFILES[name]
    context = pack({"Dockerfile": dockerfile.encode(), "locked.txt": b"flask==3.1.2\nwerkzeug==3.1.3\n"})
    wheels = written(tmp_path / "wheels", TODAY)
    packages = Distributions(tmp_path / "packages", wheels=wheels, installed=())

    def built() -> Image:
        images = Images(BlobStore(tmp_path / "blobs"), ImageTable(tmp_path), packages)
        with Context(context) as opened:
            return Build(images, opened, Order(use_cache=False)).run(lambda _: None)

    before = built()
    foretold = moved_packages(before, packages)
    assert {package: after for package, (_, after) in foretold.items()} == moves
    written(wheels, ANOTHER_DAY)
    again = built()
    assert (again.digest == before.digest) == (not moves)
    held = {pin for pins in again.sites().values() for pin in pins}
    assert {f"{package}=={after}" for package, after in moves.items()} <= held
