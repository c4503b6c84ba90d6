"""The base image that a FROM names in a registry of this machine: fetched with what the client sent to log in by.

Knows nothing about Dockerfiles. Of X-Registry-Config only the entry of the registry in question is read; it is never
logged.
"""

from __future__ import annotations

import base64
from functools import partial

from dockyard.containers.images import Image, Images
from dockyard.containers.oci import Platform
from dockyard.containers.references import Reference
from dockyard.containers.starting import Fetch
from dockyard.errors import EngineError
from dockyard.sandbox.engine.http import Request, members
from dockyard.sandbox.engine.registry import Registry, basic, is_here
from dockyard.sandbox.engine.transfers import fetched

__all__ = ["fetching"]


def fetching(held: Images, request: Request) -> Fetch:
    """How a build brings an image from the registry that its name holds."""
    return partial(_fetch, held, request.headers.get("x-registry-config", ""))


def _fetch(held: Images, header: str, reference: Reference, platform: Platform) -> Image | None:
    if not is_here(reference.host):
        return None
    return fetched(held, Registry(reference.host, _authorization(header, reference.host)), reference, platform)


def _authorization(header: str, host: str) -> str:
    """What the client stored for one registry, as the registry wants it; empty where it stored nothing."""
    try:
        text = base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))
    except ValueError as error:
        raise EngineError("X-Registry-Config is not base64 of JSON") from error
    stored = members(text, "X-Registry-Config").get(host)
    if not isinstance(stored, dict):
        return ""
    return basic(str(stored.get("username") or ""), str(stored.get("password") or ""))
