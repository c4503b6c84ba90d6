"""What ECR holds, looked up for a check, and what a check pushes into a fork: manifests, never bytes.

Knows nothing about right and wrong beyond what makes a lookup fail.
"""

from __future__ import annotations

import json
from typing import Any

from dockyard.grading.blueprints import last_words
from dockyard.grading.checks import Failure, expect
from dockyard.grading.experiments import pulled
from dockyard.grading.finding import Record, latest_refusal
from dockyard.grading.world import World

__all__ = ["image_tagged", "manifest_of", "mutability", "pulls", "put_variant", "repository_named", "tag_that_moves"]

_INDEX = "application/vnd.oci.image.index.v1+json"
#: The tag that the lab's story is about, production's, and one like any other.
_TAGS = ("latest", "1.0", "proof")
_READ = "Read what push answers, line by line: the SDK raises nothing when it is refused."
#: What the registry refuses before ECR is asked, so that no check sees it: each with its cause.
_REFUSALS = (
    "`no basic auth credentials`: nobody logged in. `name unknown`: the name you push to is no repository's URI. "
    "`400 Bad Request` at login: the password is what follows `AWS:` in the decoded token."
)
_ALONE = "put_image sends a manifest only. Pull the image by its digest, tag it with this URI, and push that."
_COMPARE = "Compare the name with what ECR holds: ecr.describe_images(repositoryName=…)."
_REBUILD = "Build the image for linux/amd64 (no platform=), delete the one in ECR, and push again."
#: What to do, by a word of what the cloud says of a task that could not be started.
_CURES = {
    "403 Forbidden": "The image is there, and a task may not pull it. Read what the repository's own policy denies: "
    "ecr.get_repository_policy(repositoryName=…).",
    "exec format error": _REBUILD,
    "matching platform": _REBUILD,
}


def repository_named(world: World, name: str) -> Record:
    """The repository. Raises Failure, with what ECR holds instead, when there is none."""
    found = world.client("ecr").describe_repositories()["repositories"]
    named = [one for one in found if one["repositoryName"] == name]
    held = ", ".join(sorted(one["repositoryName"] for one in found)) or "none"
    expect(
        named,
        f"ECR holds no repository {name}.",
        cloud=latest_refusal(world, ("ecr", "CreateRepository")) or f"repositories: {held}",
        next=f"Create it: ecr.create_repository(repositoryName='{name}', …).",
    )
    return dict(named[0])


def image_tagged(world: World, repository: str, tag: str) -> Record:
    """The detail of the image a tag means. Raises Failure, naming the tags there are, when it means none."""
    details = world.client("ecr").describe_images(repositoryName=repository)["imageDetails"]
    found = [one for one in details if tag in one.get("imageTags", [])]
    if not found:
        tags = sorted(each for one in details for each in one.get("imageTags", []))
        seen = f"The repository {repository} holds no image tagged {tag}."
        raise _lost(world, repository, tag, seen, tags) or _never_there(world, repository, tag, seen, tags)
    return dict(found[0])


def _lost(world: World, repository: str, tag: str, seen: str, tags: list[str]) -> Failure | None:
    """The verdict on an image that was there; None where it never was."""
    told = f" was pushed to {repository} as {tag}"
    pushes = [(at, what.split()[1]) for at, what in world.happened(told) if what.endswith(told)]
    if not pushes:
        return None
    pushed, digest = pushes[0]
    expired = [what for at, what in world.happened(f"expired image {digest} of {repository}") if at > pushed]
    return Failure(
        f"{seen} It was there, and a rule let it expire." if expired else f"{seen} It was there: you deleted it.",
        cloud=next(iter(expired), f"tags: {', '.join(tags) or 'none'}"),
        next=f"Push it again under the tag {tag}. It must stay, whatever else goes.",
    )


def _never_there(world: World, repository: str, tag: str, seen: str, tags: list[str]) -> Failure:
    """The verdict on an image that nobody has pushed, or whose push ECR refused."""
    refused = next((one for one in world.refusals("ecr", "PutImage", True) if f"'{repository}'" in one), "")
    if refused:
        return Failure(seen, cloud=refused, next=_ALONE if refused.startswith("LayersNotFound") else _READ)
    if tags:
        next_step = f"Push it under the tag {tag}: nobody looks under another."
        return Failure(seen, cloud=f"tags: {', '.join(tags)}", next=next_step)
    return Failure(f"{seen} It holds none at all.", cloud="tags: none", next=f"{_READ} {_REFUSALS}")


def manifest_of(world: World, repository: str, digest: str) -> dict[str, Any]:
    """The manifest of an image in ECR."""
    answer = world.client("ecr").batch_get_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    return dict(json.loads(answer["images"][0]["imageManifest"]))


def put_variant(fork: World, repository: str, manifest: dict[str, Any], tag: str) -> str:
    """Push, in a fork, an image of the same layers under a tag, as another build of it; answers its digest."""
    variant = {**manifest, "annotations": {**manifest.get("annotations", {}), "org.opencontainers.image.version": tag}}
    answer = fork.client("ecr").put_image(
        repositoryName=repository, imageManifest=json.dumps(variant), imageTag=tag,
        **({"imageManifestMediaType": variant["mediaType"]} if "mediaType" in variant else {}),
    )  # fmt: skip
    return str(answer["image"]["imageId"]["imageDigest"])


def tag_that_moves(fork: World, repository: str) -> str:
    """Push two images under each of a few tags in a fork: the first tag that the second image took, "" for none."""
    return next((tag for tag in _TAGS if not _keeps_its_image(fork, repository, tag)), "")


def _keeps_its_image(fork: World, repository: str, tag: str) -> bool:
    ecr = fork.client("ecr")
    for number in (1, 2):
        index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [], "annotations": {"number": f"{tag} {number}"}}
        try:
            ecr.put_image(
                repositoryName=repository, imageManifest=json.dumps(index), imageTag=tag,
                imageManifestMediaType=_INDEX,
            )  # fmt: skip
        except ecr.exceptions.ImageTagAlreadyExistsException:
            return True
    return False


def mutability(repository: Record) -> str:
    """What the repository says of its tags, with those that it lets move all the same."""
    excluded = [one["filter"] for one in repository.get("imageTagMutabilityExclusionFilters", [])]
    told = f", excluded: {', '.join(excluded)}" if excluded else ""
    return f"imageTagMutability: {repository['imageTagMutability']}{told}"


def pulls(fork: World, image: str) -> None:
    """Raise Failure unless a task of this image (URI with tag or digest) starts in the fork."""
    task = pulled(fork, image)
    if task["lastStatus"] != "RUNNING":
        said = last_words(fork, task)
        cure = next((cure for word, cure in _CURES.items() if word in said), _COMPARE)
        raise Failure(
            f"A task was started with the image {image}, and it did not reach RUNNING.", cloud=said, next=cure
        )
