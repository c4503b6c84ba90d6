"""What ECR is told of an image's configuration when its manifest is put: a pushed blob read as members of PutImage.

Knows nothing about blobs or manifests. A configuration is whatever somebody pushed: what cannot be read is not said.
"""

from __future__ import annotations

from typing import Any

from dockyard.containers.oci import STARTS_AFTER, starts_after


def said(configuration: dict[str, Any]) -> dict[str, Any]:
    """`dockyardArchitecture` and `dockyardConfiguration`; nothing where there is no configuration."""
    if not configuration:
        return {}
    architecture, runs = configuration.get("architecture"), configuration.get("config")
    settings: dict[str, Any] = runs if isinstance(runs, dict) else {}
    return {
        "dockyardArchitecture": architecture if isinstance(architecture, str) else "",
        "dockyardConfiguration": {
            "entrypoint": _first(settings.get("Entrypoint")),
            "command": _first(settings.get("Cmd")),
            "starts_after": _starts_after(settings.get("Labels")),
        },
    }


def _first(words: Any) -> str:
    return words[0] if isinstance(words, list) and words and isinstance(words[0], str) else ""


def _starts_after(labels: Any) -> float:
    """The seconds until the server listens; a label that says no such thing (our engine builds none) counts as none."""
    text = labels.get(STARTS_AFTER) if isinstance(labels, dict) else None
    return (starts_after(text) or 0.0) if isinstance(text, str) else 0.0
