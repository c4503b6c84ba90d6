"""Step 3: two images, two tags, two digests; both are pulled in a fork, and the old tag is tried once more."""

from dockyard.grading import check, expect
from dockyard.grading.registry import (
    image_tagged,
    manifest_of,
    mutability,
    pulls,
    put_variant,
    repository_named,
)


@check
def holds_both(world, values):
    """{repository} holds two images: 1.0, and the new model as 1.1."""
    keeps_the_old_one(world, values)
    _, new = both(world, values)
    built = built_here(world, values, "1.1")
    expect(
        new["imageDigest"] == (built or new["imageDigest"]),
        f"The image tagged 1.1 in ECR is not the new model's, {values['image']}:1.1 of your engine.",
        cloud=f"ECR: {new['imageDigest'][:19]}… · your engine: {built[:19]}…",
        next=f"Delete the tag 1.1 (ecr.batch_delete_image), give {values['image']}:1.1 the URI and that tag, and push.",
    )


@check(after=holds_both)
def pulls_both_by_digest(world, values):
    """A task of either can be started by its digest."""
    uri = repository_named(world, values["repository"])["repositoryUri"]
    for one in both(world, values):
        pulls(world.fork("by digest"), f"{uri}@{one['imageDigest']}")


@check(after=holds_both)
def keeps_the_old_tag(world, values):
    """A push cannot put another image under 1.0."""
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
        cloud=mutability(repository_named(world, name)),
        next="Make the tags immutable again: ecr.put_image_tag_mutability(…).",
    )


def keeps_the_old_one(world, values):
    """Refuses a 1.0 that has become the new model's, so that the old image has lost its name."""
    name, image = values["repository"], values["image"]
    setting = mutability(repository_named(world, name))
    details = world.client("ecr").describe_images(repositoryName=name)["imageDetails"]
    held = {tag: one["imageDigest"] for one in details for tag in one.get("imageTags", [])}
    old, new = (built_here(world, values, tag) for tag in ("1", "1.1"))
    both_new = held.get("1.1") == new
    expect(
        new in ("", old) or held.get("1.0") != new,
        f"{'1.0 and 1.1 both hold' if both_new else '1.0 holds'} the new model: the old image has lost its name 1.0.",
        cloud=f"{new[:19]}… has the tags {', '.join(tag for tag in held if held[tag] == new)} · {setting}",
        next=f"{'' if both_new else f'Push {image}:1.1 as 1.1. '}Delete the tag 1.0 (ecr.batch_delete_image), "
        f"push {image}:1 as 1.0, and let tags keep their image: imageTagMutability='IMMUTABLE'.",
    )


def built_here(world, values, tag):
    """The digest of the engine's image of this tag; "" where it holds none."""
    name = f"{values['image']}:{tag}"
    return world.images.digest(name) if name in world.images.tags() else ""


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
