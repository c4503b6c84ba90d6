"""One distribution: what its metadata says, and where its files lie once it is unpacked.

Knows nothing about how it came here. A folder that holds `NAME-VERSION.dist-info` and what its RECORD names is called
a site, be it an interpreter's site-packages or one unpacked wheel.
See the specifications "Core metadata" and "Recording installed projects" of the Python packaging guide.
"""

from __future__ import annotations

import configparser
import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.parser import HeaderParser
from functools import cached_property
from pathlib import Path

__all__ = ["Distribution", "Located", "Site", "normal", "read_metadata"]

_RELOCATED = re.compile(r"^[^/]+\.data/(?:purelib|platlib)/")
_FOLDER = re.compile(r"([^/]+?)-([^-/]+)\.dist-info")


def normal(name: str) -> str:
    """A name as indexes compare it (PEP 503): `Scikit_Learn` → `scikit-learn`."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True, slots=True)
class Distribution:
    """What the metadata says: normalised name, version, requirements as written, Requires-Python."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    requires_python: str = ""


def read_metadata(text: str) -> Distribution:
    """Read a METADATA file's headers."""
    headers = HeaderParser().parsestr(text)
    requires = tuple(str(value) for value in headers.get_all("Requires-Dist") or [])
    return Distribution(
        normal(str(headers["Name"])), str(headers["Version"]), requires, str(headers["Requires-Python"] or "")
    )


@dataclass(frozen=True, slots=True)
class Located:
    """Where one distribution's files lie: paths of `files` are relative to `site`, programs are absolute."""

    name: str
    version: str
    site: Path
    files: tuple[str, ...]
    size: int  # bytes
    console_scripts: Mapping[str, str] = field(default_factory=dict)  # command → module:function
    programs: tuple[Path, ...] = ()  # commands that are files

    @property
    def entries(self) -> tuple[str, ...]:
        """The top-level files and folders of the site that belong to it, sorted."""
        return tuple(sorted({path.partition("/")[0] for path in self.files}))


class Site:
    """One distribution in a folder, read when it is asked."""

    def __init__(self, metadata: Path) -> None:
        self.metadata = metadata  # its .dist-info folder

    @staticmethod
    def all_in(folder: Path) -> Iterator[Site]:
        """Every distribution that lies in a folder, in the order of the names."""
        try:
            found = sorted(path for path in folder.iterdir() if _FOLDER.fullmatch(path.name))
        except OSError:
            return
        yield from map(Site, found)

    @property
    def name(self) -> str:
        """Its normalised name, read off the folder."""
        return normal(self.metadata.name.removesuffix(".dist-info").rpartition("-")[0])

    @cached_property
    def distribution(self) -> Distribution:
        """What its metadata says."""
        return read_metadata((self.metadata / "METADATA").read_text("utf-8", "replace"))

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The compatibility tags of the wheel it came from."""
        text = (self.metadata / "WHEEL").read_text("utf-8", "replace")
        return tuple(tag for value in HeaderParser().parsestr(text).get_all("Tag") or [] for tag in _each_tag(value))

    @cached_property
    def is_whole(self) -> bool:
        """Whether all its files can be told: editable installs and a system's own packages keep no such record."""
        if not (self.metadata / "RECORD").is_file() or not (self.metadata / "WHEEL").is_file():
            return False
        origin = self.metadata / "direct_url.json"
        return not (origin.is_file() and json.loads(origin.read_text()).get("dir_info", {}).get("editable"))

    @cached_property
    def located(self) -> Located:
        """Its files, as RECORD names them."""
        site, recorded = self.metadata.parent, list(self._recorded())
        inside = tuple(path for path, _ in recorded if not path.startswith(("../", "/")) and ".data/" not in path)
        scripts = self._console_scripts()
        return Located(
            self.distribution.name,
            self.distribution.version,
            site,
            tuple(path for path in inside if "__pycache__" not in path),
            sum(size for _, size in recorded),
            scripts,
            tuple(each for each in self._programs(site, recorded) if each.name not in scripts),
        )

    def _recorded(self) -> Iterator[tuple[str, int]]:
        with (self.metadata / "RECORD").open(newline="", encoding="utf-8") as file:
            for path, _, size in (row for row in csv.reader(file) if len(row) == 3):
                yield _RELOCATED.sub("", path), int(size) if size.isdigit() else 0

    def _programs(self, site: Path, recorded: list[tuple[str, int]]) -> Iterator[Path]:
        for path, _ in recorded:
            if re.fullmatch(r"(\.\./)+bin/[^/]+|[^/]+\.data/scripts/[^/]+", path):
                yield (site / path).resolve()

    def _console_scripts(self) -> dict[str, str]:
        file = self.metadata / "entry_points.txt"
        if not file.is_file():
            return {}
        parser = configparser.RawConfigParser(delimiters=("=",), interpolation=None, strict=False)
        parser.optionxform = str  # type: ignore[method-assign,assignment]
        parser.read_string(file.read_text("utf-8"))
        found = parser["console_scripts"].items() if parser.has_section("console_scripts") else ()
        return {name: value.partition("[")[0].strip() for name, value in found}


def _each_tag(written: str) -> Iterator[str]:
    """`py2.py3-none-any` stands for two tags."""
    python, abi, platform = (part.split(".") for part in written.strip().split("-"))
    return (f"{one}-{two}-{three}" for one in python for two in abi for three in platform)
