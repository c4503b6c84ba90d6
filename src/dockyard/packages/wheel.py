"""A wheel file: its metadata read, its files unpacked as they are, each held to the hash that its RECORD gives.

Knows nothing about indexes. Nothing of a wheel is run, and no file of it may leave the folder it is unpacked into.
See the specification "Binary distribution format" of the Python packaging guide.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import stat
import zipfile
from functools import cached_property
from pathlib import Path, PurePosixPath

from dockyard.errors import PackageError
from dockyard.packages.distribution import Distribution, normal, read_metadata

__all__ = ["Wheel"]

_SIGNATURES = ("RECORD", "RECORD.jws", "RECORD.p7s")
_CHUNK = 1 << 20


class Wheel:
    """One .whl file; PackageError where it is not one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        parts = path.name.removesuffix(".whl").split("-")
        if not path.name.endswith(".whl") or len(parts) not in (5, 6):
            raise PackageError(f"{path.name} is not named as a wheel is.")
        self.name, self.version = normal(parts[0]), parts[1]
        self._tags = [part.split(".") for part in parts[-3:]]

    @property
    def tags(self) -> tuple[str, ...]:
        """Its compatibility tags, each spelled out."""
        pythons, abis, platforms = self._tags
        return tuple(f"{one}-{two}-{three}" for one in pythons for two in abis for three in platforms)

    @cached_property
    def distribution(self) -> Distribution:
        """What its metadata says."""
        with self._open() as archive:
            name = f"{self._metadata_folder(archive)}/METADATA"
            return read_metadata(archive.read(name).decode("utf-8", "replace"))

    def unpack(self, folder: Path) -> None:
        """Write its files below an empty folder; what purelib and platlib hold lies beside the rest, as pip puts it."""
        with self._open() as archive:
            hashes = self._hashes(archive)
            for member in archive.infolist():
                if not member.is_dir():
                    target = folder / self._placed(member)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    self._write(archive, member, target, hashes.get(member.filename, ""))

    def _open(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path)
        except (OSError, zipfile.BadZipFile) as error:
            raise PackageError(f"{self.path.name} cannot be read as a wheel: {error}.") from error

    def _metadata_folder(self, archive: zipfile.ZipFile) -> str:
        tops = {PurePosixPath(name).parts[0] for name in archive.namelist() if name.strip("/")}
        found = [top for top in tops if top.endswith(".dist-info") and normal(top.split("-")[0]) == self.name]
        if len(found) != 1:
            raise PackageError(f"{self.path.name} holds no metadata of {self.name}.")
        return found[0]

    def _hashes(self, archive: zipfile.ZipFile) -> dict[str, str]:
        try:
            text = archive.read(f"{self._metadata_folder(archive)}/RECORD").decode("utf-8", "replace")
        except KeyError as error:
            raise PackageError(f"{self.path.name} has no RECORD of its files.") from error
        return {row[0]: row[1] for row in csv.reader(io.StringIO(text)) if len(row) == 3}

    def _placed(self, member: zipfile.ZipInfo) -> PurePosixPath:
        path = PurePosixPath(member.filename)
        outside = path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in path.parts[0]
        if outside or stat.S_ISLNK(member.external_attr >> 16):
            raise PackageError(f"{self.path.name} holds {member.filename}, which would lie outside of its folder.")
        if len(path.parts) > 2 and path.parts[0].endswith(".data") and path.parts[1] in ("purelib", "platlib"):
            return PurePosixPath(*path.parts[2:])
        return path

    def _write(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, recorded: str) -> None:
        kind, _, expected = recorded.partition("=")
        if not expected and PurePosixPath(member.filename).name not in _SIGNATURES:
            raise PackageError(f"{self.path.name} holds {member.filename}, which its RECORD does not name.")
        digest = hashlib.new(kind) if expected else hashlib.sha256()
        with archive.open(member) as source, target.open("xb") as file:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
        if expected and base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=") != expected.rstrip("="):
            raise PackageError(f"{self.path.name}: {member.filename} is not what its RECORD says.")
        if (member.external_attr >> 16) & 0o111 or ".data/scripts/" in member.filename:
            target.chmod(0o755)
