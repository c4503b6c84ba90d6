"""Images observed once: after a call that makes tasks, what is not known of theirs is tried, and enters the account.

Knows nothing about how a trial goes. Trials run outside the lock, one after another call; what this machine cannot tell
(an image that is not here, a distribution that is not at hand) stays unknown, and unknown images serve healthily.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
from collections.abc import Iterable
from pathlib import Path

import dockyard.runtime
from dockyard.cloud.ecs.facts import Asked, ImageFacts
from dockyard.cloud.ecs.service import Ecs
from dockyard.errors import SandboxError
from dockyard.runtime.containers import Containers
from dockyard.sandbox.host import Host
from dockyard.sandbox.known_facts import KnownFacts
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.task_environment import TaskEnvironment
from dockyard.sandbox.task_images import TaskImages
from dockyard.sandbox.trial import Trial

#: Images with one of these may ask the cloud when they start: their end says nothing about the image.
CLOUD_PACKAGES = ("boto3", "botocore", "aiobotocore", "awscli", "sagemaker")
_log = logging.getLogger(__name__)


class Probing:
    """Tries the images of one account. `facts` is the folder of what is known already."""

    def __init__(
        self, host: Host, learner: Learner, images: TaskImages, containers: Containers, environment: TaskEnvironment,
        facts: Path,
    ) -> None:  # fmt: skip
        self._host = host
        self._learner = learner
        self._images = images
        self._containers = containers
        self._environment = environment
        self._known = KnownFacts(facts, edition(containers.isolation))
        self._turn = asyncio.Lock()
        self._given_up: set[Question] = set()

    async def look(self) -> None:
        """Find out what nobody knows of the images in use; returns when the account knows it."""
        async with self._turn:
            with self._host.lock:
                world = self._learner.world
                regions = [name for name, kept in world.account.regions.items() if "ecs" in kept]
                asked = {name: world.cloud.service(Ecs, name).to_observe() for name in regions}
            for region, questions in asked.items():
                fresh = [one for one in questions if _name(one) not in self._given_up]
                found = await asyncio.gather(*(self._find(region, one) for one in fresh))
                with self._host.lock:
                    if self._learner.world is world:
                        self._enter(region, zip(fresh, found, strict=True))

    def _enter(self, region: str, found: Iterable[tuple[Asked, ImageFacts | None]]) -> None:
        seen = []
        for asked, facts in found:
            if facts is None:
                self._given_up.add(_name(asked))
            else:
                seen.append(("learn", {"key": asked.key, "facts": facts.as_json()}))
        try:
            if seen:
                self._learner.witness(region, seen)
        except SandboxError as error:  # a full disk: whoever calls next is told
            _log.warning("%s", error)

    async def _find(self, region: str, asked: Asked) -> ImageFacts | None:
        image = self._images.find(region, asked.image)
        if image is None:
            return None
        known = self._known.find(asked)
        if known is not None:
            return known
        secrets = self._environment.secrets(region, asked.container)
        try:
            facts = await Trial(self._containers, asked, secrets).facts()
        except Exception:  # a trial must never cost a learner a call
            _log.exception("the image %s could not be tried", asked.image)
            return None
        asks_cloud = any(one.partition("=")[0].strip() in CLOUD_PACKAGES for one in image.packages())
        if facts is None or (facts.exit_code and asks_cloud):
            return None
        self._known.keep(asked, facts)
        return facts


#: what tells one question from another
Question = tuple[str, tuple[str, ...], tuple[str, ...], int]


def _name(asked: Asked) -> Question:
    return asked.key, asked.paths, asked.checks, asked.memory


def edition(isolation: str) -> str:
    """What facts depend on beside the image: the runtime's code, the trial's, the isolation and the Python."""
    digest = hashlib.sha256(f"{isolation} {sys.version_info[:3]}".encode())
    files = sorted(Path(dockyard.runtime.__path__[0]).rglob("*.py"))
    for file in (*files, *(Path(__file__).with_name(f"{name}.py") for name in ("trial", "asking", "tried_container"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()
