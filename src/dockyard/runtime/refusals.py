"""What the runtime refuses, in the words of Docker's engine.

Knows nothing about HTTP but its status.
"""

from __future__ import annotations

import errno
import os
from typing import Protocol

from dockyard.errors import EngineError

__all__ = [
    "Named",
    "already_paused",
    "held",
    "name_in_use",
    "no_such_container",
    "not_paused",
    "not_running",
    "not_started",
    "unknown_signal",
]


class Named(Protocol):
    """What a refusal has to know of a container."""

    id: str
    name: str


def no_such_container(reference: str) -> EngineError:
    """There is none of this name or id."""
    return EngineError(f"No such container: {reference}", status=404)


def name_in_use(name: str, holder: str) -> EngineError:
    """Another container has the name."""
    sentence = f'Conflict. The container name "/{name}" is already in use by container "{holder}".'
    cure = "You have to remove (or rename) that container to be able to reuse that name."
    return EngineError(sentence, status=409, next_step=cure)


def not_running(container: Named, doing: str) -> EngineError:
    """It does not run, and must."""
    begun = f"{doing}: " if doing else ""
    return EngineError(f"{begun}container {container.id} is not running", status=409)


def held(container: Named) -> EngineError:
    """It is paused, and nothing can be run in it."""
    sentence = f"Container {container.id} is paused, unpause the container before exec"
    return EngineError(sentence, status=409)


def already_paused(container: Named) -> EngineError:
    """It is held already."""
    return EngineError(f"Container {container.id} is already paused", status=409)


def not_paused(container: Named) -> EngineError:
    """It is not held, and so cannot go on."""
    return EngineError(f"Container {container.id} is not paused", status=409)


def not_started(word: str, number: int) -> EngineError:
    """Its command cannot be executed; clients read exit code 127 or 126 out of these words."""
    if number == errno.ENOENT and "/" not in word:
        why = f'exec: "{word}": executable file not found in $PATH'
    else:
        said = os.strerror(number).lower() if number else "it cannot be executed"
        why = f'exec: "{word}": {"" if "/" not in word else f"stat {word}: " if number == errno.ENOENT else ""}{said}'
    task = "failed to create task for container: failed to create shim task"
    runtime = "OCI runtime create failed: runc create failed: unable to start container process"
    return EngineError(f"{task}: {runtime}: {why}: unknown", status=400)


def unknown_signal(name: str) -> EngineError:
    """There is no such signal."""
    return EngineError(f"invalid signal: {name}", next_step="Signals are named as SIGTERM, TERM or 15.")
