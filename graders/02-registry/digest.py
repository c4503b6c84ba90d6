"""Step 3: two images, two tags, two digests; both are pulled in a fork, and the old tag is tried once more."""

from dockyard.grading import check, expect
from dockyard.grading.registry import image_tagged, manifest_of, pulls, put_variant, repository_named


@check
def holds_both(world, values):
    """{repository} holds two images: 1.0 and 1.1."""
    both(world, values)


@check(after=holds_both)
def pulls_both_by_digest(world, values):
    """A task of either can be started by its digest."""
    uri = repository_named(world, values["repository"])["repositoryUri"]
    for one in both(world, values):
        pulls(world.fork("by digest"), f"{uri}@{one['imageDigest']}")


@check(after=holds_both)
def keeps_the_old_tag(world, values):
    """Nobody can put another image under 1.0."""
    name, fork = values["repository"], world.fork("1.0 again")
    manifest = manifest_of(world, name, both(world, values)[1]["imageDigest"])
    ecr = fork.client("ecr")
    try:
        put_variant(fork, name, manifest, "1.0")
    except ecr.exceptions.ImageTagAlreadyExistsException:
        return
    expect(
        False,
        f"Another image was pushed to {name} as 1.0, and took the tag.",
        cloud=f"imageTagMutability: {repository_named(world, name)['imageTagMutability']}",
        next="Make the tags immutable again: ecr.put_image_tag_mutability(…).",
    )


def both(world, values):
    """The two images; refuses one image with two tags."""
    repository_named(world, values["repository"])
    old, new = (image_tagged(world, values["repository"], tag) for tag in ("1.0", "1.1"))
    expect(
        old["imageDigest"] != new["imageDigest"],
        "1.0 and 1.1 are two tags of one image: the new model is in neither.",
        cloud=f"{old['imageDigest'][:19]}… has the tags {', '.join(old['imageTags'])}",
        next=f"Push {values['image']}:1.1 as 1.1. An immutable tag must be deleted first: ecr.batch_delete_image(…).",
    )
    return old, new
