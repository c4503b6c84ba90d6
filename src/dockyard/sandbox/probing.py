"""Images observed once: after a call that makes tasks, what is not known of theirs is tried, and enters the account.

Knows nothing about how a trial goes. Trials run outside the lock, one after another call; what this machine cannot tell
(an image that is not here, a distribution that is not at hand) stays unknown, and unknown images serve healthily.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path

from dockyard.cloud.ecs.facts import Asked, ImageFacts
from dockyard.cloud.ecs.service import Ecs
from dockyard.errors import SandboxError
from dockyard.sandbox.known import Known
from dockyard.sandbox.known_facts import KnownFacts
from dockyard.sandbox.tasks.fargate import Fargate
from dockyard.sandbox.trial import Trial

#: Images with one of these may ask the cloud when they start: their end says nothing about the image.
CLOUD_PACKAGES = ("boto3", "botocore", "aiobotocore", "awscli", "sagemaker")
_log = logging.getLogger(__name__)


class Probing:
    """Tries the images of one account. `facts` is the folder of what is known already."""

    def __init__(self, fargate: Fargate, facts: Path) -> None:
        self._fargate = fargate
        self._host, self._learner = fargate.host, fargate.learner
        self._known = KnownFacts(Known(facts, fargate.containers.isolation))
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
        image = self._fargate.images.find(region, asked.image)
        if image is None:
            return None
        known = self._known.find(asked)
        if known is not None:
            return known
        secrets = self._fargate.environment.secrets(region, asked.container)
        try:
            facts = await Trial(self._fargate.containers, asked, secrets).facts()
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
