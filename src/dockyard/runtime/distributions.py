"""What a container's Python can import: exactly the distributions its image installed, laid out as site-packages.

Knows nothing about isolation: it says which paths of the host stand at which names, and which commands there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from dockyard.containers.images import Image
from dockyard.packages.distribution import Located
from dockyard.packages.distributions import Distributions
from dockyard.packages.interpreter import Interpreter

__all__ = ["Command", "Part", "Site", "pins_of", "site_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """A name in site-packages (a folder, a module, a piece of a shared folder) and where it lies on the host."""

    name: str
    source: Path


@dataclass(frozen=True, slots=True)
class Command:
    """A console script: its name, and the function it calls."""

    name: str
    module: str
    function: str


@dataclass(frozen=True, slots=True)
class Site:
    """A whole site-packages; `missing` are distributions that are not at hand on this machine."""

    parts: tuple[Part, ...] = ()
    commands: tuple[Command, ...] = ()
    missing: tuple[str, ...] = ()


def pins_of(image: Image) -> dict[str, str]:
    """What an image's Python can import, version by name, and pip, which every Python image has."""
    pins = _installed(image)
    try:
        return {"pip": metadata.version("pip"), **pins}
    except metadata.PackageNotFoundError:
        return pins


def site_of(distributions: Distributions, pins: Mapping[str, str], runner: Interpreter) -> Site:
    """Where the files of these distributions lie, as this Python can load them."""
    found, missing = [], []
    for name, version in pins.items():
        try:
            found.append(distributions.files(name, version, runner))
        except LookupError:
            missing.append(f"{name}=={version}")
    commands = [Command(name, *called.split(":")) for one in found for name, called in one.console_scripts.items()]
    return Site(tuple(_parts(found)), tuple(commands), tuple(missing))


def _parts(found: Iterable[Located]) -> Iterator[Part]:
    owners: dict[str, list[Located]] = {}
    for one in found:
        for top in one.entries:
            owners.setdefault(top, []).append(one)
    for top, those in owners.items():
        if len(those) == 1:
            yield Part(top, those[0].site / top)
            continue
        for one in those:  # a shared folder, such as google/: what each brought, file by file
            yield from (Part(path, one.site / path) for path in one.files if path.startswith(f"{top}/"))


def _installed(image: Image) -> dict[str, str]:
    """Until images say what was installed: what they asked for, with all that needs, as it is installed here."""
    if hasattr(image, "installed"):
        return dict(pin.split("==") for pin in image.installed())
    pins: dict[str, str] = {}
    asked = list(image.packages())
    while asked:
        match = re.match(r"[A-Za-z0-9._-]+", text := asked.pop())
        name = match[0].lower() if match else text
        with suppress(metadata.PackageNotFoundError):
            if name not in pins and "extra ==" not in text:
                pins[name] = metadata.version(name)
                asked.extend(metadata.requires(name) or ())
    return pins
