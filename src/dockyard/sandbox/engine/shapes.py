"""An image in the words of the Docker Engine API: summary, inspection, history.

Knows nothing about requests.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dockyard.containers.images import Images
from dockyard.containers.table import ImageRecord

__all__ = ["history", "inspection", "summary"]

_CONFIG_DEFAULTS: dict[str, Any] = {
    "Hostname": "", "Domainname": "", "User": "", "AttachStdin": False, "AttachStdout": False, "AttachStderr": False,
    "Tty": False, "OpenStdin": False, "StdinOnce": False, "Env": None, "Cmd": None, "Image": "", "Volumes": None,
    "WorkingDir": "", "Entrypoint": None, "OnBuild": None, "Labels": None,
}  # fmt: skip


def _digests(record: ImageRecord) -> list[str]:
    return [f"{repository}@{record.manifest}" for repository in record.pushed_to]


def summary(images: Images, record: ImageRecord) -> dict[str, Any]:
    """One line of `docker images`."""
    image = images.image(record.id)
    names, digests = images.table.names(record.id), _digests(record)
    bare = not names and not digests
    return {
        "Id": record.id,
        "ParentId": "",
        "RepoTags": ["<none>:<none>"] if bare else names,
        "RepoDigests": ["<none>@<none>"] if bare else digests,
        "Created": int(record.added),
        "Size": image.shown_size,
        "VirtualSize": image.shown_size,
        "SharedSize": -1,
        "Labels": (image.configuration.get("config") or {}).get("Labels"),
        "Containers": -1,
    }


def inspection(images: Images, record: ImageRecord) -> dict[str, Any]:
    """`docker image inspect`."""
    image = images.image(record.id)
    configuration = image.configuration
    added = datetime.fromtimestamp(record.added, UTC).isoformat().replace("+00:00", "Z")
    return {
        "Id": record.id,
        "RepoTags": images.table.names(record.id),
        "RepoDigests": _digests(record),
        "Parent": "",
        "Comment": "",
        "Created": added,
        "Container": "",
        "DockerVersion": "",
        "Author": "",
        "Config": {**_CONFIG_DEFAULTS, **(configuration.get("config") or {})},
        "Architecture": configuration.get("architecture", ""),
        "Os": configuration.get("os", ""),
        "Size": image.shown_size,
        "VirtualSize": image.shown_size,
        "GraphDriver": {"Name": "dockyard", "Data": None},
        "RootFS": {"Type": "layers", "Layers": [layer.diff_id for layer in image.layers]},
        "Metadata": {"LastTagTime": added},
    }


def history(images: Images, record: ImageRecord) -> list[dict[str, Any]]:
    """`docker history`: the newest step first, each with the bytes of its layer."""
    image = images.image(record.id)
    lines = [_line(step, record) for step in image.configuration.get("history") or []]
    sizes = iter(layer.shown_size for layer in image.layers)
    for line, step in zip(lines, image.configuration.get("history") or [], strict=True):
        line["Size"] = 0 if step.get("empty_layer") else next(sizes, 0)
    if lines:
        lines[-1].update(Id=record.id, Tags=images.table.names(record.id) or None)
    return lines[::-1]


def _line(step: dict[str, Any], record: ImageRecord) -> dict[str, Any]:
    said = {"CreatedBy": step.get("created_by", ""), "Comment": step.get("comment", "")}
    return {"Id": "<missing>", "Created": int(record.added), **said, "Tags": None}
