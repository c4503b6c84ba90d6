"""What ECS knows of images: facts that came from outside, what is still to be asked, and whom a fact concerns.

Knows nothing about how an image is observed, and nothing about what a container does with its facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dockyard.cloud.ecr.service import Ecr
from dockyard.cloud.ecs.definitions import TaskDefinitions
from dockyard.cloud.ecs.facts import Asked, ImageFacts, check_of, key_of, overridden
from dockyard.cloud.ecs.fargate import is_ecr
from dockyard.cloud.ecs.state import Task, TaskDefinition
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.service import observation

#: Paths that are always asked, beside those of target groups.
USUAL_PATHS = ("/", "/health")


class Observing(TaskDefinitions):
    """Facts of images by digest and settings."""

    @observation
    def learn(self, key: str, facts: dict[str, Any]) -> None:
        """Enter facts (as `ImageFacts.as_json` wrote them); tasks that run serve accordingly from now on."""
        self.ecs.facts[key] = ImageFacts.read(facts)
        self.note(f"the image {key.partition(' ')[0][:19]} was observed")
        for task in self.ecs.tasks.values():
            if task.running and key in (self._key(task, one) for one in self.containers_of(task)):
                self.serve(task)

    def to_observe(self) -> list[Asked]:
        """What nobody knows yet of the images that tasks run or will run, each once."""
        asked = {one.key: one for one in self._in_use()}
        known = self.ecs.facts
        return [one for one in asked.values() if one.key not in known or not known[one.key].answers_all(one)]

    def containers_of(self, task: Task) -> list[dict[str, Any]]:
        """The container definitions of a task as its overrides change them."""
        found = self.ecs.definitions[task.definition].containers
        return [overridden(one, task.overrides) for one in found]

    def facts_of(self, task: Task, container: dict[str, Any]) -> ImageFacts | None:
        """What is known of a container of a task, None where nobody observed its image as it runs here."""
        return self.ecs.facts.get(self._key(task, container)) if self.ecs.facts else None

    def image_of(self, task: Task, container: dict[str, Any]) -> str:
        """A container's image by digest, the one that its pull will find where it was not pulled yet; "" for none."""
        name, deployment = container["image"], self._deployment_of(task)
        kept = task.images.get(container["name"], "") or (deployment.images.get(name, "") if deployment else "")
        found = self.peer(Ecr).resolve(name) if not kept and is_ecr(name) else None
        return pinned_to(name, found.digest) if found else kept

    def limit_of(self, task: Task, container: dict[str, Any]) -> int:
        """The memory that a container may hold, in MiB: its own limit, or the task's."""
        return _limit(self.ecs.definitions[task.definition], container)

    def serve(self, task: Task) -> None:
        """Let the network know what a task serves (its containers say)."""
        raise NotImplementedError

    def _key(self, task: Task, container: dict[str, Any]) -> str:
        digest = task.images.get(container["name"], "").partition("@")[2]
        return key_of(digest, container) if digest else ""

    def _in_use(self) -> Iterator[Asked]:
        for service in self.ecs.services.values():
            if service.status == "ACTIVE":
                definition = self.ecs.definitions[service.primary.definition]
                for one in definition.containers:
                    yield from self._asked(definition, one, service.primary.images.get(one["image"], ""))
        alive = [one for one in self.ecs.tasks.values() if one.alive]
        for task in {(one.definition, str(one.images), str(one.overrides)): one for one in alive}.values():
            definition = self.ecs.definitions[task.definition]
            for one in self.containers_of(task):
                yield from self._asked(definition, one, task.images.get(one["name"], ""))

    def _asked(self, definition: TaskDefinition, container: dict[str, Any], pinned: str) -> Iterator[Asked]:
        """The question about a container, where its image is in ECR and of the task's architecture."""
        found = self.peer(Ecr).resolve(pinned or container["image"]) if is_ecr(container["image"]) else None
        if found is None or definition.architecture != found.architecture:
            return
        groups = self.peer(ElasticLoadBalancing).balancing.groups.values()
        paths = sorted({*USUAL_PATHS, *(one.health_path for one in groups if one.health_path)})
        check = check_of(container)
        yield Asked(
            key_of(found.digest, container), pinned_to(container["image"], found.digest), container, tuple(paths),
            (check,) if check else (), _limit(definition, container), definition.vcpus,
        )  # fmt: skip

    def _digest(self, image: str, task: Task) -> str:
        """The image by digest: a tag is resolved once per deployment, later pushes do not reach its tasks."""
        if not is_ecr(image):
            return ""
        deployment = self._deployment_of(task)
        if deployment and image in deployment.images:
            return deployment.images[image]
        found = self.peer(Ecr).resolve(image)
        if found is None:
            return ""
        pinned = pinned_to(image, found.digest)
        if deployment:
            deployment.images[image] = pinned
        return pinned


def pinned_to(image: str, digest: str) -> str:
    """The image's name with its digest in place of a tag."""
    name = image.partition("@")[0]
    return f"{name if '@' in image else name.rpartition(':')[0]}@{digest}"


def _limit(definition: TaskDefinition, container: dict[str, Any]) -> int:
    return int(container.get("memory") or definition.memory)
