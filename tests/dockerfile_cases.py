"""The folders of tests/dockerfiles: what is built in each, and a context laid out as a learner would have it.

A case is a Dockerfile, its files, and in expect.toml what must come of it. What git does not keep, or not the same
everywhere, expect.toml adds: `[modes]`, `[links]`, `folders`, `[archives."x.tar.gz"]` and `crlf`.
"""

from __future__ import annotations

import io
import re
import shutil
import tarfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dockerfiles"


@dataclass(frozen=True, slots=True)
class Case:
    """One folder."""

    folder: Path
    expected: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def order(self) -> Mapping[str, Any]:
        """What is asked of the build beside the Dockerfile."""
        return self.expected.get("order", {})

    @property
    def text(self) -> str:
        return (self.folder / self.order.get("dockerfile", "Dockerfile")).read_text()

    def lay_out(self, target: Path) -> Path:
        """The context as a folder."""
        shutil.copytree(self.folder, target, ignore=shutil.ignore_patterns("expect.toml"))
        for path in self.expected.get("folders", []):
            (target / path).mkdir(parents=True)
        for path, members in self.expected.get("archives", {}).items():
            (target / path).write_bytes(_archive(path, members))
        for path in [target, *target.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        for path, mode in self.expected.get("modes", {}).items():
            (target / path).chmod(mode)
        for path, leads_to in self.expected.get("links", {}).items():
            (target / path).symlink_to(leads_to)
        if self.expected.get("crlf"):
            dockerfile = target / "Dockerfile"
            dockerfile.write_bytes(dockerfile.read_bytes().replace(b"\n", b"\r\n"))
        return target


def _archive(path: str, members: Mapping[str, str]) -> bytes:
    """A tar whose files have these texts: `/` stands for a folder, `-> x` for a link to x; owner 1234."""
    packed = io.BytesIO()
    kind = re.search(r"\.(gz|bz2|xz)$", path)
    with tarfile.open(fileobj=packed, mode=f"w:{kind[1] if kind else ''}") as tar:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.uid = member.gid = 1234
            if text == "/":
                member.type, member.mode = tarfile.DIRTYPE, 0o750
            elif text.startswith("-> "):
                member.type, member.linkname = tarfile.SYMTYPE, text[3:]
            else:
                member.size, member.mode = len(text), 0o640
            tar.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def packed(folder: Path, archive: Path) -> Path:
    """A folder as the tar that a client sends."""
    with tarfile.open(archive, "w") as tar:
        for path in sorted(folder.rglob("*")):
            tar.add(path, path.relative_to(folder).as_posix(), recursive=False)
    return archive


def all_cases() -> list[Case]:
    files = sorted(FOLDER.glob("*/expect.toml"))
    return [Case(file.parent, tomllib.loads(file.read_text())) for file in files]
