"""Where and how a sandbox serves, and what it works with outside.

Knows nothing about the command line or about what is served.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dockyard.errors import SandboxError

if TYPE_CHECKING:
    from dockyard.sandbox.localstack import LocalStack

__all__ = ["DEFAULT_PORT", "Options", "outside", "wheels_folder"]

DEFAULT_PORT = 4566


@dataclass(slots=True, frozen=True)
class Options:
    """Where and how to serve. `port` None: the port of birth, or LocalStack's.

    `speed`: simulated seconds per real second on the live clock; None: the stepped clock.
    """

    folder: Path
    address: str = "127.0.0.1"
    port: int | None = None
    seed: str | None = None
    start: float | None = None
    speed: float | None = None
    #: Where LocalStack answers (an `http://` URL), where one does.
    localstack: str | None = None
    #: The registry behind ours that keeps blobs and manifests (an `http://` URL), where there is one.
    registry: str | None = None
    #: A folder of Python wheels that builds may use, where the user names one.
    wheels: Path | None = None
    #: Where tasks run: `modelled`, `process`, or `auto`: what the clock allows.
    runtime: str = "modelled"
    #: Whether what is observed of images is kept for all of this user's sandboxes, or within `folder`.
    shares_facts: bool = False

    @property
    def observed(self) -> Path:
        """Where what is observed of images is kept."""
        if not self.shares_facts:
            return self.folder / "facts"
        from platformdirs import user_cache_path

        return user_cache_path("dockyard") / "facts"


def outside(options: Options) -> LocalStack | None:
    """LocalStack where one is named. Raises SandboxError for a URL of it, or of the registry, that is none."""
    if options.registry:
        from dockyard.sandbox.registry import Storage

        Storage(options.registry)
    if not options.localstack:
        return None
    from dockyard.sandbox.localstack import LocalStack

    return LocalStack(options.localstack)


def wheels_folder() -> Path | None:
    """The folder that DOCKYARD_WHEELS names. Raises SandboxError where it is none."""
    named = os.environ.get("DOCKYARD_WHEELS")
    if named and not Path(named).is_dir():
        raise SandboxError(f"DOCKYARD_WHEELS names {named}, which is no folder.", next_step="Make it, or unset it.")
    return Path(named).absolute() if named else None
