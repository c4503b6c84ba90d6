"""Where an image keeps Python packages: which folder a pip installs into, what lies there, and what `python` can see.

Knows nothing about resolving. What pip installed stands in the image as `NAME-VERSION.dist-info`, as in a real one, so
it can be copied from stage to stage; the packages' own files are brought by who runs the container.
See https://docs.python.org/3/library/site.html and the specification "Recording installed projects".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dockyard.containers.layers import Entry, directory, text_file

__all__ = ["Found", "Sites", "found_in", "site_entries", "visible"]

_METADATA = re.compile(r"/?(.*/(?:site|dist)-packages|.*)/([^/]+)-([^/-]+)\.dist-info/(METADATA|REQUESTED)")
_WHITEOUT = re.compile(r"/?(.*)/\.wh\.([^/]+)-([^/-]+)\.dist-info")
_SITE = re.compile(r"/lib/python3(?:\.\d+)?/(?:site|dist)-packages$")

Pins = tuple[str, ...]
Sites = Mapping[str, Pins]  # an absolute folder → NAME==VERSION of each distribution in it, sorted


@dataclass(frozen=True, slots=True)
class Found:
    """What a layer says about packages: (folder, name, version) that came and went, and what pip was asked for."""

    came: tuple[tuple[str, str, str], ...] = ()
    gone: tuple[tuple[str, str, str], ...] = ()
    asked: Pins = ()

    def laid_over(self, sites: Sites) -> dict[str, Pins]:
        """The sites with this layer over them: a new version takes the place of an old one."""
        held = {folder: dict(pin.split("==") for pin in pins) for folder, pins in sites.items()}
        for folder, name, version in self.gone:
            if held.get(folder, {}).get(name) == version:
                del held[folder][name]
        for folder, name, version in self.came:
            held.setdefault(folder, {})[name] = version
        return {
            folder: tuple(sorted(f"{name}=={pin}" for name, pin in pins.items()))
            for folder, pins in sorted(held.items())
            if pins
        }


def site_entries(folder: str, pins: Mapping[str, str], asked: Mapping[str, str]) -> list[Entry]:
    """What pip leaves of each distribution in a site: its metadata; and for those the user named, how he asked."""
    site, entries = folder.strip("/"), []
    for name, version in sorted(pins.items()):
        place = f"{site}/{name.replace('-', '_')}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        entries += [
            directory(place),
            text_file(f"{place}/METADATA", metadata),
            text_file(f"{place}/INSTALLER", "pip\n"),
        ]
        if name in asked:
            entries.append(text_file(f"{place}/REQUESTED", f"{asked[name]}\n"))
    return entries


def found_in(entries: Iterable[Entry]) -> Found:
    """What the entries of a layer say about packages."""
    came, gone, asked = [], [], []
    for entry in entries:
        if ".dist-info" not in entry.path:
            continue
        new, old = _METADATA.fullmatch(entry.path), _WHITEOUT.fullmatch(entry.path)
        if old:
            gone.append((f"/{old[1]}", _normal(old[2]), old[3]))
        elif new and new[4] == "METADATA":
            came.append((f"/{new[1]}", _normal(new[2]), new[3]))
        elif new and entry.opener is not None:
            with entry.opener() as content:
                asked.append(content.read(10_000).decode("utf-8", "replace").strip())
    return Found(tuple(came), tuple(gone), tuple(filter(None, asked)))


def visible(sites: Sites, settings: Mapping[str, object], home: str, exists: Callable[[str], bool]) -> list[str]:
    """NAME==VERSION of what the image's `python` can import, sorted; `exists` says whether a path is in the image."""
    values = dict(text.partition("=")[::2] for text in _texts(settings.get("Env")))
    prefixes = [python_prefix(values.get("PATH", ""), exists), *_started(settings)]
    seen: dict[str, None] = dict.fromkeys(values.get("PYTHONPATH", "").split(":"))
    for prefix in dict.fromkeys(prefixes):
        is_venv = exists(f"{prefix}/pyvenv.cfg")
        roots = [prefix] if is_venv else [f"{home.rstrip('/')}/.local", prefix]
        seen.update(dict.fromkeys(folder for root in roots for folder in sites if _is_site_of(folder, root)))
    pins: dict[str, str] = {}
    for folder in seen:
        for pin in sites.get(posixpath.normpath(folder) if folder else "", ()):
            pins.setdefault(pin.partition("==")[0], pin)
    return sorted(pins.values())


def _is_site_of(folder: str, root: str) -> bool:
    return folder.startswith(root.rstrip("/") + "/") and bool(_SITE.fullmatch(folder[len(root.rstrip("/")) :]))


def _started(settings: Mapping[str, object]) -> list[str]:
    """The environment whose python is named by its path in ENTRYPOINT or CMD."""
    words = [*_texts(settings.get("Entrypoint")), *_texts(settings.get("Cmd"))]
    return [posixpath.dirname(posixpath.dirname(word)) for word in words[:1] if word.startswith("/")]


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def python_prefix(path: str, exists: Callable[[str], bool]) -> str:
    """Where the first Python on a PATH lives: `/usr/local`, `/opt/venv`, `/var/lang`."""
    folders = (folder.rstrip("/") for folder in path.split(":") if folder.startswith("/"))
    named = (each for each in folders if exists(f"{each}/python") or exists(f"{each}/python3"))
    return posixpath.dirname(next(named, "/usr/local/bin"))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
