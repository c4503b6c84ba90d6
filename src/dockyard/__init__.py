"""Dockyard: containers on AWS for machine learning, hands-on, against a simulated cloud.

This package itself knows nothing: it only names the version and hands out `lab`, so that importing it costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dockyard.notebook import lab

__version__ = "0.1.0"
__all__ = ["__version__", "lab"]


def __getattr__(name: str) -> Any:
    """Load `lab` when a notebook asks for it (PEP 562), never before."""
    if name == "lab":
        from dockyard.notebook import lab

        return lab
    raise AttributeError(f"module 'dockyard' has no attribute {name!r}")
