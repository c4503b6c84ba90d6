"""Paths under `/v2/`: which repository, and what of it.

Knows nothing about what is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["base", "catalog", "uploads", "upload", "blob", "manifest", "tags", "referrers", "none"]

#: A repository's name may hold any of these words, so the last one in the path counts.
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("base", re.compile(r"/v2/?(?P<name>)(?P<what>)")),
    ("catalog", re.compile(r"/v2/(?P<name>)_catalog/?(?P<what>)")),
    ("uploads", re.compile(r"/v2/(?P<name>.+)/blobs/uploads/?(?P<what>)")),
    ("upload", re.compile(r"/v2/(?P<name>.+)/blobs/uploads/(?P<what>[^/]+)")),
    ("blob", re.compile(r"/v2/(?P<name>.+)/blobs/(?P<what>[^/]+)")),
    ("manifest", re.compile(r"/v2/(?P<name>.+)/manifests/(?P<what>[^/]+)")),
    ("tags", re.compile(r"/v2/(?P<name>.+)/tags/list(?P<what>)")),
    ("referrers", re.compile(r"/v2/(?P<name>.+)/referrers/(?P<what>[^/]+)")),
)


@dataclass(slots=True, frozen=True)
class Route:
    """A path taken apart: `name` with the account before it, `what` the upload's id, the digest or the tag."""

    kind: Kind
    name: str = ""
    what: str = ""


def read_route(path: str) -> Route:
    """What a path (decoded) asks for; kind `none` where it is no path of the specification."""
    for kind, shape in _SHAPES:
        if found := shape.fullmatch(path):
            return Route(kind, found["name"], found["what"])
    return Route("none")
