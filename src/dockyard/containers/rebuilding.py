"""An image built again on another day: what of its packages would be another version then.

Knows nothing about who asks. A build is a function of its context, its bases, and what pip's questions resolve to. The
first two are what they were; so the rebuilt image differs exactly where an answer differs. Where none does, its layers
and its digest are the same, and so is all that a container of it does: the same predictions, by construction.
"""

from __future__ import annotations

from dockyard.containers.images import Image
from dockyard.packages.distributions import Distributions

__all__ = ["moved_packages"]


def moved_packages(image: Image, distributions: Distributions) -> dict[str, tuple[str, str]]:
    """By name, the version in the image and the one that it would get once newer ones of all of them have appeared."""
    held = {pin for pins in image.sites().values() for pin in pins}
    return {
        name: (before, after)
        for answered in image.answered()
        for name, after in sorted(distributions.another_day(answered).items())
        if (before := answered.pins.get(name, after)) != after and f"{name}=={before}" in held
    }
