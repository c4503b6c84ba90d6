"""Facts of images that are known already, from whichever sandbox of this user.

Knows nothing about how they are observed.
"""

from __future__ import annotations

from dockyard.cloud.ecs.facts import Asked, ImageFacts
from dockyard.sandbox.known import Known


class KnownFacts:
    """Facts by image and settings."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def find(self, asked: Asked) -> ImageFacts | None:
        """What is known, where it answers all that is asked."""
        try:
            facts = ImageFacts.read(self._known.find(asked.key))
        except (ValueError, TypeError, LookupError):
            return None
        return facts if facts.answers_all(asked) and not asked.container.get("secrets") else None

    def keep(self, asked: Asked, facts: ImageFacts) -> None:
        """Keep facts, unless a secret's value decided them."""
        if not asked.container.get("secrets"):
            self._known.keep(asked.key, facts.as_json())
