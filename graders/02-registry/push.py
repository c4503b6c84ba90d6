"""Step 2: is the image in the registry, the very one that was built, and can a task pull it?"""

from dockyard.grading import check, expect
from dockyard.grading.image_faults import built_image
from dockyard.grading.registry import image_tagged, pulls, repository_named


@check
def holds_the_image(world, values):
    """{repository}:1.0 is the image you built, {image}:1, digest for digest."""
    built = built_image(world.images, values["image"])
    repository_named(world, values["repository"])
    pushed = image_tagged(world, values["repository"], "1.0")
    digest = world.images.digest(built.reference)
    expect(
        pushed["imageDigest"] == digest,
        f"{values['repository']}:1.0 is not {built.reference}: they have different digests.",
        cloud=f"{values['repository']}:1.0 {pushed['imageDigest'][:19]}… · {built.reference} {digest[:19]}…",
        next=f"An immutable tag cannot be moved. Delete the image tagged 1.0, tag {built.reference} again and push it.",
    )


@check(after=holds_the_image)
def lets_a_task_pull_it(world, values):
    """A task that has nothing but the image's name can pull it and start."""
    uri = repository_named(world, values["repository"])["repositoryUri"]
    pulls(world.fork("pull"), f"{uri}:1.0")
