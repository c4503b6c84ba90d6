"""What a lab must find when it begins, judged: the sentences of `opening.py` that the learner's cloud does not keep.

Knows nothing about how it is brought there.
"""

from __future__ import annotations

from dockyard.content.course import Lab
from dockyard.grading.checks import Failure
from dockyard.grading.runner import checks_of
from dockyard.grading.world import World

__all__ = ["lacking"]


def lacking(lab: Lab, world: World) -> list[str]:
    """What this world lacks of the lab's opening state, a sentence each; nothing for a lab that opens from nothing."""
    if lab.opening is None:
        return []
    values, missed = lab.values(world.account_id), []
    for one in checks_of(lab.opening):
        try:
            one.examine(world, values)
        except Failure as failure:
            missed.append(failure.seen)
    return missed
