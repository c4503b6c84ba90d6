"""What the last build has to do with a verdict: where it failed, the image that is judged is an older one.

Knows nothing about labs, but that their value `image` names what a learner builds.
"""

from __future__ import annotations

from functools import wraps

from dockyard.grading.checks import Examination, Failure, Values
from dockyard.grading.world import World

__all__ = ["as_built"]


def as_built(examine: Examination) -> Examination:
    """Let a check of {image}:1 that fails say that the last build of it failed, where it did: `@check`, `@as_built`."""

    @wraps(examine)
    def told(world: World, values: Values) -> None:
        try:
            examine(world, values)
        except Failure as failure:
            raise _of_an_older_image(failure, world, f"{values['image']}:1") from None

    return told


def _of_an_older_image(failure: Failure, world: World, reference: str) -> Failure:
    said = world.images.failed_build(reference)
    if not said or reference not in world.images.tags():
        return failure
    return Failure(
        f"{failure.seen} That image is an older one: your last build of {reference} failed.",
        cloud=" · ".join(said.splitlines()),
        next="Mend what the build stopped at, and build again: a build that fails leaves the older image as it was.",
    )
