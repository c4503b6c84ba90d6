"""Which isolation this machine allows, found out by trying it.

Knows nothing about containers.
"""

from __future__ import annotations

from dockyard.runtime.interpreters import Interpreter
from dockyard.runtime.isolation import Isolation
from dockyard.runtime.plain import Plain

__all__ = ["chosen"]


def chosen(interpreter: Interpreter) -> Isolation:
    """The best there is."""
    del interpreter
    return Plain()
