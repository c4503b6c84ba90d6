"""What container tests stand on: one account's images in a temporary folder, and contexts made of texts."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from wheelhouse import EVERYDAY, NOBODY, written

from dockyard.containers.blobs import BlobStore
from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Image, Images
from dockyard.containers.table import ImageTable
from dockyard.packages.distributions import Distributions


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small wheels of what everyday Dockerfiles ask for."""
    return written(tmp_path_factory.mktemp("wheels"), EVERYDAY)


@pytest.fixture
def images(tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Images:
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)
    packages = Distributions(tmp_path / "packages", wheels=shelf, installed=())
    return Images(BlobStore(tmp_path / "blobs"), ImageTable(tmp_path), packages)


@pytest.fixture
def pack(tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    def make(files: Mapping[str, bytes], mode: int = 0o644) -> Path:
        archive = tmp_path / "context.tar"
        with tarfile.open(archive, "w") as tar:
            for name, data in files.items():
                member = tarfile.TarInfo(name)
                member.size, member.mode, member.mtime, member.uname = len(data), mode, 1_700_000_000, "me"
                tar.addfile(member, io.BytesIO(data))
        return archive

    return make


@pytest.fixture
def build(images: Images, pack: Callable[[Mapping[str, bytes]], Path]) -> Callable[..., tuple[Image, str]]:
    """Build from texts; returns the image and the log."""

    def make(files: Mapping[str, str | bytes], **order: Any) -> tuple[Image, str]:
        data = {name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()}
        log: list[str] = []
        with Context(pack(data)) as context:
            image = Build(images, context, Order(**order)).run(lambda line: log.append(line.get("stream", "")))
        return image, "".join(log)

    return make
