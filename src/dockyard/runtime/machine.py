"""What this machine gives to all containers of a data folder: unpacked images, Pythons with packages, an isolation.

Knows nothing about any one container. What takes its time is found out when the first container needs it.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from dockyard.packages.distributions import Distributions
from dockyard.runtime.distributions import Sites
from dockyard.runtime.files import Files
from dockyard.runtime.interpreters import Interpreters
from dockyard.runtime.isolation import Isolation
from dockyard.runtime.isolations import choose
from dockyard.runtime.shim import compile_shim

__all__ = ["Machine"]


class Machine:
    """`folder` is for unpacked images; without an `isolation` given, the best that works here is chosen."""

    def __init__(self, folder: Path, distributions: Distributions, isolation: Isolation | None = None) -> None:
        self.files = Files(folder)
        self.interpreters = Interpreters()
        self.sites = Sites(distributions, self.interpreters)
        self._given = isolation

    @cached_property
    def isolation(self) -> Isolation:
        """How containers are kept apart. Blocking, the first time."""
        compile_shim()
        return self._given or choose(self.interpreters.own).isolation
