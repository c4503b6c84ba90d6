"""What a container's Python can import: exactly the distributions its image installed, laid out as site-packages.

Knows nothing about isolation: it says which paths of the host stand at which names, and which commands there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from dockyard.containers.images import Image
from dockyard.packages.distribution import Located
from dockyard.packages.distributions import Distributions
from dockyard.packages.interpreter import Interpreter as Runner
from dockyard.runtime.interpreters import Interpreter, Interpreters, minor_of

__all__ = ["Command", "Part", "Site", "Sites"]


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


class Sites:
    """The site-packages of images, each looked up once."""

    def __init__(self, distributions: Distributions, interpreters: Interpreters) -> None:
        self._distributions = distributions
        self._interpreters = interpreters
        self._known: dict[str, tuple[Interpreter, Site]] = {}

    def of(self, image: Image) -> tuple[Interpreter | None, Site]:
        """Which Python runs an image here, and what it can import; None where the image has no Python."""
        if not image.python_version():
            return None, Site()
        if image.id in self._known:
            return self._known[image.id]
        pins = _pins(image)
        runner = self._distributions.interpreter(minor_of(image.python_version()), pins)
        found = self._interpreters.behind(runner.command), _site(self._distributions, pins, runner)
        if not found[1].missing:  # what is missing may be fetched by the next build
            self._known[image.id] = found
        return found


def _pins(image: Image) -> dict[str, str]:
    """What an image's Python can import, version by name, and pip, which every Python image has."""
    pins = dict(pin.split("==") for pin in image.installed())
    with suppress(metadata.PackageNotFoundError):
        pins.setdefault("pip", metadata.version("pip"))
    return pins


def _site(distributions: Distributions, pins: Mapping[str, str], runner: Runner) -> Site:
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
