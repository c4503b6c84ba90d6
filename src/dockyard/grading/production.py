"""The image in production exercised: asked what its users ask, and looked into; all steps about it share that run.

Knows nothing about what a learner found out.
"""

from __future__ import annotations

from dockyard.grading.exercise import Ask, Exercise, Wish
from dockyard.grading.world import Images

__all__ = ["BUILT", "COMMANDS", "PATHS", "production"]

#: How the learner comes by the image.
BUILT = "Run the cell of the lab that builds and starts it: it begins with build_production."

PATHS = ("health", "predict", "proba")
APPLICATION = {"income": 2.0, "debt": -0.5, "age": 0.5, "late_payments": -1.0}
ASKED = (Ask("/health"), Ask("/predict", APPLICATION), Ask("/proba", APPLICATION))
#: What is asked inside, by the name of the finding.
COMMANDS = {
    "kernel": ("uname", "-r"),
    "system": ("sh", "-c", ". /etc/os-release; echo $PRETTY_NAME"),
    "user": ("id", "-u"),
    "packages": ("python", "-c", "from importlib.metadata import version; print(version('scikit-learn'))"),
}


def production(images: Images, port: str) -> Exercise:
    """What a container of `production:1` does: `answers` in the order of PATHS, `done` in that of COMMANDS.

    Raises KeyError when there is no such image, JudgementError where this machine cannot run it.
    """
    return images.exercise("production:1", Wish(int(port), ASKED, tuple(COMMANDS.values())))
