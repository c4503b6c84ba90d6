"""The base images a Dockerfile may start from: a short built-in table, each with a tiny root file system.

Knows nothing about builds. The environment and command are those of the official images; the files stand for the real
ones, whose size the layer carries as an annotation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dockyard.containers.blobs import BlobStore
from dockyard.containers.draft import Draft
from dockyard.containers.layers import Entry, directory, text_file, write_layer
from dockyard.containers.oci import EPOCH, Layer, Platform

__all__ = ["BASES", "Base", "base_draft"]

_MEGABYTE = 1_000_000
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
_FOLDERS = (
    "bin",
    "etc",
    "home",
    "lib",
    "opt",
    "root",
    "srv",
    "usr",
    "usr/bin",
    "usr/lib",
    "usr/local",
    "var",
    "var/lib",
)
_TOOLS = ("bin/sh", "bin/bash", "usr/bin/env")
_PYTHON = ("pip", "pip3", "python", "python3")


@dataclass(frozen=True, slots=True)
class Base:
    """One base image: its name, the Python in it (empty: none), and the bytes it stands for when unpacked."""

    name: str
    python: str
    nominal_size: int

    @property
    def environment(self) -> list[str]:
        """ENV as the official image sets it; from Python 3.13 on it sets no LANG."""
        if not self.python:
            return []
        language = [] if int(self.python.split(".")[1]) >= 13 else ["LANG=C.UTF-8"]
        return [f"PATH=/usr/local/bin:{_PATH}", *language, f"PYTHON_VERSION={self.python}"]

    @property
    def command(self) -> list[str]:
        """CMD as the official image sets it."""
        return ["python3"] if self.python else ["bash"]


_VERSIONS = {"3.9": "3.9.25", "3.10": "3.10.19", "3.11": "3.11.14", "3.12": "3.12.12", "3.13": "3.13.11"}


def _table() -> dict[str, Base]:
    full = [Base(f"python:{minor}", exact, 1_020 * _MEGABYTE) for minor, exact in _VERSIONS.items()]
    slim = [Base(f"python:{minor}-slim", exact, 125 * _MEGABYTE) for minor, exact in _VERSIONS.items()]
    every = [*full, *slim, Base("debian:bookworm-slim", "", 75 * _MEGABYTE)]
    return {base.name: base for base in every}


BASES: Mapping[str, Base] = _table()


def base_draft(blobs: BlobStore, base: Base, platform: Platform) -> Draft:
    """Write a base image's one layer (unless it is here) and return the image as the start of a build."""
    written = write_layer(blobs, _root_files(base, platform))
    layer = Layer(written.digest, written.diff_id, written.size, base.nominal_size)
    history = (
        {"created": EPOCH, "created_by": f"/bin/sh -c #(nop) ADD file: {base.name} as Dockyard stands in for it in / "},
        {"created": EPOCH, "created_by": f"/bin/sh -c #(nop)  CMD {json.dumps(base.command)}", "empty_layer": True},
    )
    environment = base.environment or [f"PATH={_PATH}"]
    return Draft(platform, {"Cmd": base.command, "Env": environment}, history, (layer,))


def _root_files(base: Base, platform: Platform) -> list[Entry]:
    folders = [directory(path) for path in _FOLDERS] + [directory("tmp", 0o1777)]
    texts = [
        text_file(
            "etc/passwd", "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
        ),
        text_file("etc/group", "root:x:0:\nwww-data:x:33:\n"),
        text_file("etc/os-release", _RELEASE),
        text_file("etc/dockyard-base", f"{base.name} {platform}\n"),
    ]
    return [*folders, *texts, *(_stand_in(path) for path in _TOOLS), *_python_files(base)]


def _python_files(base: Base) -> list[Entry]:
    if not base.python:
        return []
    minor = base.python.rpartition(".")[0]
    library = f"usr/local/lib/python{minor}"
    folders = ["usr/local/bin", "usr/local/lib", library, f"{library}/site-packages"]
    programs = [*_PYTHON, f"python{minor}", f"pip{minor}"]
    return [*map(directory, folders), *(_stand_in(f"usr/local/bin/{program}") for program in programs)]


def _stand_in(path: str) -> Entry:
    """A file where the real image has a program."""
    return text_file(
        path, f"#!/bin/false\n# {path} of the official image; Dockyard's runtimes bring their own\n", 0o755
    )
