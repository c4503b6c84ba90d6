"""What a container's processes may not keep of the shim's powers, where no namespaces hold them.

Knows nothing about commands. Linux only; elsewhere there is nothing to take and nothing to adopt.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

__all__ = ["adopt_orphans", "preparation"]

_PDEATHSIG, _CAPBSET_DROP, _CHILD_SUBREAPER, _NO_NEW_PRIVILEGES = 1, 24, 36, 38
_OVERRIDES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: root would write where a file's mode forbids it


def adopt_orphans(*, plain: bool) -> None:
    """Become the parent of orphans below; the first process of a namespace is that already."""
    if plain and sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def preparation(*, plain: bool) -> Callable[[], None]:
    """What a child does before it becomes its command."""
    if not plain or sys.platform != "linux":
        return lambda: None
    import ctypes

    control = ctypes.CDLL(None).prctl

    def prepare() -> None:
        control(_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.geteuid() == 0:
            for capability in _OVERRIDES:
                control(_CAPBSET_DROP, capability, 0, 0, 0)
        control(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)

    return prepare
