"""Step 2: is the image in the registry, the very one that was built, and can a task pull it?"""

from dockyard.grading import Failure, attempt, check, expect
from dockyard.grading.image_faults import built_image
from dockyard.grading.registry import image_tagged, pulls, repository_named

#: A scan that is not over after so many simulated seconds will not be.
SCANNED_WITHIN = 300.0


@check
def holds_the_image(world, values):
    """{repository}:1.0 is the image you built, {image}:1, digest for digest."""
    built = built_image(world.images, values["image"])
    pushed = arrived(world, repository_named(world, values["repository"]))
    digest = world.images.digest(built.reference)
    expect(
        pushed["imageDigest"] == digest,
        f"{values['repository']}:1.0 is not {built.reference}: they have different digests.",
        cloud=f"{values['repository']}:1.0 {pushed['imageDigest'][:19]}… · {built.reference} {digest[:19]}…",
        next=f"An immutable tag cannot be moved. Delete the image tagged 1.0, tag {built.reference} again and push it.",
    )


@check(after=holds_the_image)
def is_scanned(world, values):
    """It was scanned when it arrived."""
    fork = world.fork("scanned")
    fork.advance(SCANNED_WITHIN)
    found = {"repositoryName": values["repository"], "imageId": {"imageTag": "1.0"}}
    with attempt(
        f"The image {values['repository']}:1.0 was not scanned when it arrived.",
        next="Switch scanOnPush on (ecr.put_image_scanning_configuration), and let this image be scanned now: "
        "ecr.start_image_scan(repositoryName=…, imageId=…).",
    ):
        scan = fork.client("ecr").describe_image_scan_findings(**found)["imageScanStatus"]
    expect(
        scan["status"] == "COMPLETE",
        f"The scan of {values['repository']}:1.0 did not come to its end.",
        cloud=f"imageScanStatus: {scan}",
        next="Let it be scanned again: ecr.start_image_scan(repositoryName=…, imageId=…).",
    )


@check(after=holds_the_image)
def lets_a_task_pull_it(world, values):
    """A task that has nothing but the image's name can pull it and start."""
    uri = repository_named(world, values["repository"])["repositoryUri"]
    pulls(world.fork("pull"), f"{uri}:1.0")


def arrived(world, repository):
    """The image tagged 1.0; a refusal says so where the engine has the name to push, and it never came."""
    name, here = repository["repositoryName"], f"{repository['repositoryUri']}:1.0"
    try:
        return image_tagged(world, name, "1.0")
    except Failure as none:
        if here not in world.images.tags() or world.happened(f" was pushed to {name} as 1.0"):
            raise
        raise Failure(
            f"{none.seen} It is tagged on your side, and never arrived there.",
            cloud=f"docker images: {here} · ECR: {none.cloud}",
            next=f'Only tagged? Now send it: engine.images.push(uri, tag="1.0"). {none.next}',
        ) from None
