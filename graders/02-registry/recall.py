"""Step 4: can the image with the data still be pulled, by any name?"""

from dockyard.grading import check, expect
from dockyard.grading.registry import image_tagged, manifest_of, pulls, repository_named

LEAKED = "applicants' data"


@check
def still_has_the_good_one(world, values):
    """1.0 can still be pulled."""
    uri = repository_named(world, values["repository"])["repositoryUri"]
    image_tagged(world, values["repository"], "1.0")
    pulls(world.fork("the good one"), f"{uri}:1.0")


@check(after=still_has_the_good_one)
def nobody_pulls_the_leaked_one(world, values):
    """The image with the data cannot be pulled, by tag or digest."""
    name = values["repository"]
    expect(
        was_pushed(world, name),
        "The image with the data is not there yet: nobody has pushed it.",
        next="Run the cell above yours, in which the colleague pushes it. Then take it back.",
    )
    for one in world.client("ecr").describe_images(repositoryName=name)["imageDetails"]:
        notes = manifest_of(world, name, one["imageDigest"]).get("annotations", {})
        expect(
            LEAKED not in notes.values(),
            "The image with the data is still there: whoever knows its name or digest can pull it.",
            cloud=f"{one['imageDigest'][:19]}… tags: {', '.join(one.get('imageTags', [])) or 'none'}",
            next="Delete it by its digest: that removes the image and all its tags.",
        )


def was_pushed(world, name):
    """Whether the colleague pushed; said to be so, too, where what happened in those days is remembered no more."""
    told = [what for _, what in world.happened(f" was pushed to {name} as ")]
    good, leaked = (any(one.endswith(f" as {tag}") for one in told) for tag in ("1.0", "candidate"))
    return leaked or not good
