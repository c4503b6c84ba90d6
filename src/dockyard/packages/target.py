"""The Python that requirements are resolved for: its version and platform, as markers, Requires-Python and pip see it.

Knows nothing about what is installed, nor which Python of this machine will run it.
See the specifications "Dependency specifiers" and "Platform compatibility tags" of the Python packaging guide.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Target"]

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_NEWEST_GLIBC = 36  # of Debian bookworm, on which the official images stand
_OLDEST_GLIBC = 5


@dataclass(frozen=True, slots=True)
class Target:
    """A CPython on Linux: its version (`3.12` or `3.12.12`, empty: this machine's), its architecture as Docker's."""

    python: str = ""
    architecture: str = "amd64"

    @property
    def version(self) -> str:
        """The full version; this machine's own where none was given."""
        return self.python or platform.python_version()

    @property
    def minor(self) -> str:
        """`3.12`."""
        return ".".join(self.version.split(".")[:2])

    def markers(self) -> dict[str, str]:
        """The environment in which a requirement's marker is evaluated."""
        return {
            "implementation_name": "cpython",
            "implementation_version": self.version,
            "os_name": "posix",
            "platform_machine": _MACHINES.get(self.architecture, self.architecture),
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": self.version,
            "python_version": self.minor,
            "sys_platform": "linux",
        }

    def applies(self, marker: object, extras: Iterable[str] = ()) -> bool:
        """Whether a requirement with this marker (None: it has none) is meant here."""
        if marker is None:
            return True
        wanted = [{**self.markers(), "extra": extra} for extra in (*extras, "")]
        return any(marker.evaluate(each) for each in wanted)  # type: ignore[attr-defined]

    def admits(self, requires_python: str) -> bool:
        """Whether a distribution's Requires-Python includes this Python; what cannot be read excludes nobody."""
        return not requires_python or _contains(requires_python, self.version)

    def pip_options(self) -> list[str]:
        """How pip is told to choose wheels for this Python instead of its own."""
        machine = _MACHINES.get(self.architecture, self.architecture)
        versions = [f"manylinux_2_{minor}_{machine}" for minor in range(_NEWEST_GLIBC, _OLDEST_GLIBC - 1, -1)]
        tags = [*versions, f"manylinux2014_{machine}", f"linux_{machine}"]
        return ["--python-version", self.minor, "--implementation", "cp", *(f"--platform={tag}" for tag in tags)]


@lru_cache(maxsize=1024)
def _contains(requires_python: str, version: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(requires_python).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True
