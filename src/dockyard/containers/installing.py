"""pip install, wheel, download and uninstall in a RUN: resolved, recorded and laid into the image as metadata.

Knows nothing about shells. No code of a package runs: what would have to be built from its source is named and left.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dockyard.containers.package_sizes import installed_size
from dockyard.containers.pip_commands import PipOrder
from dockyard.containers.programs import CommandFailedError
from dockyard.containers.python_sites import Pins, python_prefix, site_entries
from dockyard.containers.requirements import ReadText, Requirement, project
from dockyard.containers.stage import Stage
from dockyard.containers.workspace import Workspace
from dockyard.packages.answered import Answered
from dockyard.packages.distributions import Distributions, Resolution
from dockyard.packages.target import Target

__all__ = ["Installing"]

_FROM_SOURCE = "it is built from its source, and no code of a package is run here"
_ELSEWHERE = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONUSERBASE"}  # not read here: pip may install elsewhere
_ON_DEBIAN = "3.11"  # the Python that Debian bookworm brings


@dataclass(slots=True)
class Installing:
    """The pip commands of one RUN, one after the other; what they did is gathered here."""

    stage: Stage
    files: Workspace
    home: str
    unsure: Callable[[], bool]  # whether something was left out that may have changed the image's files
    step: str  # what makes this RUN another: what was resolved for it once is not resolved again
    packages: set[str] = field(default_factory=set)
    unchecked: dict[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    size: int = 0
    sites: dict[str, Pins] = field(default_factory=dict)
    answered: list[Answered] = field(default_factory=list)
    count: int = 0

    def carry_out(self, order: PipOrder, read: ReadText, values: Mapping[str, str], folder: str) -> None:
        """Do what one pip command asks; RequirementError or ConflictError, in pip's words, where pip would stop."""
        self.count += 1
        if order.verb == "uninstall":
            self._uninstall(order, self._site(order, values, folder))
        elif order.verb in ("install", "wheel", "download"):
            self._install(order, read, values, folder)
        elif order.verb == "freeze":
            self.log += self.sites.get(self._site(order, values, folder), ())

    def _install(self, order: PipOrder, read: ReadText, values: Mapping[str, str], folder: str) -> None:
        target = self._target()
        asked = [*order.requirements, *self._of_paths(order, read, folder)]
        meant = [each for each in asked if self._is_meant(each, target)]
        self.packages.update(each.text for each in meant)
        named = [each for each in meant if not each.is_address]
        self.unchecked.update({each.text: _FROM_SOURCE for each in meant if each.is_address})
        distributions = self.stage.distributions
        if distributions is None:
            self.size += installed_size(each.text for each in meant)
            return
        site = self._site(order, values, folder)
        found = self._resolved(distributions, order, named, target, site, folder)
        self.unchecked.update(found.unchecked)
        if order.verb == "install":
            if not values.keys() & _ELSEWHERE and not order.has("--root"):
                self._need_rights(site, found)
            self._lay(distributions, site, found, {each.name: each.text for each in named})
        else:
            self._lay_wheels(order, found, folder)
        self._provide(distributions, target, found)

    def _is_meant(self, asked: Requirement, target: Target) -> bool:
        if not asked.marker:
            return True
        from packaging.markers import Marker

        meant = target.applies(Marker(asked.marker))
        if not meant:
            self.log.append(f"Ignoring {asked.text}: markers '{asked.marker}' don't match your environment")
        return meant

    def _target(self) -> Target:
        image = self.stage.image()
        return Target(image.python_version() or _ON_DEBIAN, self.stage.draft.platform.architecture)

    def _of_paths(self, order: PipOrder, read: ReadText, folder: str) -> list[Requirement]:
        """What folders and files of the image require: a project's dependencies, a wheel's own name and version."""
        found: list[Requirement] = []
        for path in order.paths:
            if path.endswith(".whl"):
                name, version, *_ = posixpath.basename(path).split("-")
                found.append(Requirement(f"{name.replace('_', '-').lower()}=={version}"))
            elif not path.endswith(".tar.gz"):
                found += project(path, read)
                self.log.append(f"The project in {posixpath.join(folder, path)} is not built; what it requires is.")
        return found

    def _resolved(
        self, distributions: Distributions, order: PipOrder, named: Sequence[Requirement], target: Target, site: str,
        folder: str,
    ) -> Resolution:  # fmt: skip
        """What was resolved for this step before, or what it resolves to now."""
        present = dict(pin.split("==") for pin in self.sites.get(site, ()))
        if order.has("-U", "--upgrade", "--force-reinstall"):
            present = {name: pin for name, pin in present.items() if name not in {each.name for each in named}}
        asked = Answered(
            tuple(each.text for each in named), {}, order.constraints, present, order.has("--no-deps"),
            order.has("--no-index"), target.version, target.architecture,
        )  # fmt: skip
        found = self._answer(distributions, asked, target, self._wheels_in(order, folder) if asked.offline else None)
        self.answered.append(replace(asked, pins=dict(found.pins)))
        return found

    def _answer(
        self, distributions: Distributions, asked: Answered, target: Target, only: Mapping[str, Sequence[str]] | None
    ) -> Resolution:
        key = f"{self.step} pip {self.count}"
        kept = self.stage.recall(key)
        if kept is not None:
            return Resolution(kept["pins"])
        found = distributions.resolve(
            asked.requirements, asked.constraints, target=target, present=asked.present, alone=asked.alone, only=only
        )
        if not found.unchecked:
            self.stage.remember(key, {"pins": dict(found.pins)})
        return found

    def _wheels_in(self, order: PipOrder, folder: str) -> dict[str, list[str]]:
        """The versions by name of the wheels that lie in the image's folders named by --find-links."""
        versions: dict[str, list[str]] = {}
        for written in order.options.get("--find-links", "").split():
            for path in self.files.below(posixpath.join(folder, written)):
                if path.endswith(".whl"):
                    name, version, *_ = posixpath.basename(path).split("-")
                    versions.setdefault(name.replace("_", "-").lower(), []).append(version)
        return versions

    def _site(self, order: PipOrder, values: Mapping[str, str], folder: str) -> str:
        """The folder that pip installs into."""
        if "--target" in order.options:
            return posixpath.normpath(posixpath.join(folder, order.options["--target"]))
        prefix = python_prefix(values.get("PATH", ""), lambda path: self.files.find(path) is not None)
        if order.program.startswith("/"):
            prefix = posixpath.dirname(posixpath.dirname(order.program))
        if "--prefix" in order.options:
            prefix = posixpath.normpath(posixpath.join(folder, order.options["--prefix"]))
        elif order.has("--user") or self._is_closed(prefix):
            prefix = f"{self.home.rstrip('/')}/.local"
        if prefix == "/usr":
            return "/usr/local/lib/python3.11/dist-packages"
        return f"{prefix}/lib/python{self._target().minor}/site-packages"

    def _is_closed(self, prefix: str) -> bool:
        """Whether pip falls back to the user's own folder, as it does where the user may not write to the site."""
        site = f"{prefix}/lib/python{self._target().minor}/site-packages"
        return self.files.find(f"{prefix}/pyvenv.cfg") is None and self.files.refused(site) != ""

    def _need_rights(self, site: str, found: Resolution) -> None:
        """Fail as pip does where the user of this RUN may not write what is new into the folder it installs into."""
        present = {pin for pins in self.sites.values() for pin in pins}
        refused = self.files.refused(site)
        if refused and not self.unsure() and {f"{name}=={pin}" for name, pin in found.pins.items()} - present:
            raise CommandFailedError(
                "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: "
                f"'{refused}'\nCheck the permissions.",
                rule="pip ran as the user that a line USER above it chose: let USER stand below it.",
            )

    def _lay(self, distributions: Distributions, site: str, found: Resolution, asked: Mapping[str, str]) -> None:
        before = dict(pin.split("==") for pin in self.sites.get(site, ()))
        new = {name: pin for name, pin in found.pins.items() if before.get(name) != pin}
        for name in new.keys() & before.keys():
            self.files.remove(f"{site}/{name.replace('-', '_')}-{before[name]}.dist-info")
        if new:
            self.files.make_folders(site)
        for entry in site_entries(site, new, asked):
            self.files.put(entry.path, replace(entry, uid=self.files.owner[0], gid=self.files.owner[1]))
        self.sites[site] = tuple(sorted(f"{name}=={pin}" for name, pin in {**before, **new}.items()))
        self.size += sum(_size(distributions, name, pin) for name, pin in new.items())
        self.size += installed_size(found.unchecked)
        if new:
            self.log.append(f"Successfully installed {' '.join(f'{name}-{pin}' for name, pin in sorted(new.items()))}")

    def _lay_wheels(self, order: PipOrder, found: Resolution, folder: str) -> None:
        """pip wheel and pip download: a wheel that says who it is and holds nothing else, for each."""
        place = posixpath.normpath(posixpath.join(folder, order.options.get("--wheel-dir", ".")))
        self.files.make_folders(place)
        for name, pin in found.pins.items():
            self.files.write(f"{place}/{name.replace('-', '_')}-{pin}-py3-none-any.whl", _stand_in(name, pin))
        self.log.append(f"Saved {', '.join(f'{name}-{pin}' for name, pin in found.pins.items())} in {place}")

    def _provide(self, distributions: Distributions, target: Target, found: Resolution) -> None:
        """Fetch what containers of this image will need, and say what they will not have."""
        provided = distributions.provide(target.minor, found.pins)
        if fetched := sorted({*found.fetched, *provided.fetched}):
            self.log.append(f"Fetched from the index for containers to use: {' '.join(fetched)}")
        if provided.lacking:
            sentence = f"containers on this machine, which run Python {provided.interpreter.version}, will not have"
            self.log.append(f"No wheel is to be had: {sentence} {' '.join(provided.lacking)}")

    def _uninstall(self, order: PipOrder, site: str) -> None:
        names = {each.name for each in order.requirements}
        for pin in self.sites.get(site, ()):
            name, _, version = pin.partition("==")
            if name in names:
                self.files.remove(f"{site}/{name.replace('-', '_')}-{version}.dist-info")
                self.log.append(f"Successfully uninstalled {name}-{version}")
        self.sites[site] = tuple(pin for pin in self.sites.get(site, ()) if pin.partition("==")[0] not in names)


def _size(distributions: Distributions, name: str, pin: str) -> int:
    try:
        return distributions.files(name, pin).size
    except LookupError:
        return installed_size([name])


def _stand_in(name: str, pin: str) -> bytes:
    """A small wheel, the same bytes each time."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        metadata = zipfile.ZipInfo(f"{name.replace('-', '_')}-{pin}.dist-info/METADATA")
        archive.writestr(metadata, f"Metadata-Version: 2.1\nName: {name}\nVersion: {pin}\n")
    return written.getvalue()
