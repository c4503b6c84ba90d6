"""Step 6: is it the very same image, in a second repository, will it stay that, and can a task pull it there?"""

from dockyard.grading import Failure, check, expect
from dockyard.grading.registry import image_tagged, mutability, pulls, repository_named, tag_that_moves


@check
def is_the_same_image(world, values):
    """{production} holds, as 1.0, the image that {repository} holds as 1.0."""
    repository_named(world, values["repository"])
    production = repository_named(world, values["production"])
    here = image_tagged(world, values["repository"], "1.0")
    there = arrived(world, production)
    is_no_other_version(world, values, there["imageDigest"])
    expect(
        here["imageDigest"] == there["imageDigest"],
        f"{values['production']}:1.0 is another image than {values['repository']}:1.0.",
        cloud=f"{here['imageDigest'][:19]}… is not {there['imageDigest'][:19]}…",
        next="Push the image that was tested, not one built again: tag it with the other repository's URI and push. "
        f"If tags keep their image there, delete this one first: {delete_one(values)}.",
    )


@check(after=is_the_same_image)
def refuses_a_second_image_under_a_tag(world, values):
    """There, too, a tag keeps its image: a second one under the same tag is refused."""
    name = values["production"]
    tag = tag_that_moves(world.fork("same tag twice"), name)
    expect(
        not tag,
        f"In {name} a second image took the tag {tag} of the first: tomorrow it may be what nobody tested.",
        cloud=mutability(repository_named(world, name)),
        next=f"ecr.put_image_tag_mutability(repositoryName='{name}', imageTagMutability='IMMUTABLE') mends it.",
    )


@check(after=is_the_same_image)
def lets_a_task_pull_it(world, values):
    """A task can pull it there."""
    pulls(world.fork("production"), f"{repository_named(world, values['production'])['repositoryUri']}:1.0")


def arrived(world, production):
    """The image tagged 1.0; a refusal says so where the engine has it under a name without the registry's address."""
    name, uri, tags = production["repositoryName"], production["repositoryUri"], world.images.tags()
    try:
        return image_tagged(world, name, "1.0")
    except Failure as none:
        if f"{name}:1.0" not in tags or f"{uri}:1.0" in tags:
            raise
        raise Failure(
            f"{none.seen} Your engine holds {name}:1.0: Docker takes such a name for one on Docker Hub.",
            cloud=f"docker images: {name}:1.0 · ECR: {none.cloud}",
            next=f"Tag the image with the repositoryUri, {uri}, and push it by that name, with the tag 1.0.",
        ) from None


def is_no_other_version(world, values, digest):
    """Refuses another version of the same repository."""
    details = world.client("ecr").describe_images(repositoryName=values["repository"])["imageDetails"]
    tags = [tag for one in details if one["imageDigest"] == digest for tag in one.get("imageTags", [])]
    expect(
        "1.0" in tags or not tags,
        f"{values['production']}:1.0 is {values['repository']}:{', '.join(tags)}, which is not the tested one.",
        cloud=f"{digest[:19]}… has the tags {', '.join(tags)} in {values['repository']}",
        next="Take the digest of 1.0: ecr.describe_images(…, imageIds=[{'imageTag': '1.0'}]). "
        f"First delete this one: {delete_one(values)}.",
    )


def delete_one(values):
    """The call that takes 1.0 away from production."""
    return f"ecr.batch_delete_image(repositoryName='{values['production']}', imageIds=[{{'imageTag': '1.0'}}])"
