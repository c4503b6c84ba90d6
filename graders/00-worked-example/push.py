"""Step 2: is the image in the registry, the very one that was built, and can a task pull it?"""

from dockyard.grading import Failure, check, expect
from dockyard.grading.blueprints import last_words
from dockyard.grading.experiments import pulled, stop_reason
from dockyard.grading.finding import images_in_ecr, latest_refusal


@check
def holds_the_image(world, values):
    """A repository in ECR holds the image you built, digest for digest."""
    the_pushed_image(world, values)


@check(after=holds_the_image)
def lets_a_task_pull_it(world, values):
    """A task that has nothing but the image's name can pull it and start."""
    repository, image = the_pushed_image(world, values)
    uri = f"{repository['repositoryUri']}@{image['imageDigest']}"
    fork = world.fork("pull")
    task = pulled(fork, uri)
    expect(
        task["lastStatus"] == "RUNNING",
        f"A task was started with the image {uri}, and it did not reach RUNNING.",
        cloud=last_words(fork, task),
        next="Push the image again and read what push answers, line by line.",
    )


def the_pushed_image(world, values):
    """The first (repository, image) in ECR whose digest is that of the image built."""
    built = built_images(world, values)
    expect(built, "Your Docker engine holds no image to push.", next="Finish step 1 first.")
    repositories = world.client("ecr").describe_repositories()["repositories"]
    expect(
        repositories,
        "ECR holds no repository.",
        cloud=latest_refusal(world, ("ecr", "CreateRepository")),
        next="Create it: ecr.create_repository(repositoryName='credit-api').",
    )
    pushed = images_in_ecr(world)
    if not pushed:
        raise nothing_pushed(world, repositories, values)
    fitting = [one for one in pushed if one[1]["imageDigest"] in built.values()]
    repository, image = pushed[0]
    tag, digest = sorted(built.items())[0]
    expect(
        fitting,
        f"ECR holds an image, but not the one you built: {tag} has another digest than what you pushed.",
        cloud=f"{repository['repositoryName']}: {image['imageDigest'][:19]}… · {tag}: {digest[:19]}…",
        next="Tag the image you built with the repository's URI and push it again.",
    )
    return fitting[0]


def nothing_pushed(world, repositories, values):
    """The failure, with what the cloud says when a task asks for the image that is not there."""
    names = ", ".join(one["repositoryName"] for one in repositories)
    preferred = [one for one in repositories if one["repositoryName"] == values["repository"]] or repositories
    task = pulled(world.fork("nothing pushed"), f"{preferred[0]['repositoryUri']}:1")
    return Failure(
        f"No image has arrived in ECR: {names} is empty.",
        cloud=stop_reason(task),
        next="Read what push answers (the SDK raises nothing when it is refused). Log in, tag with the URI, push.",
    )


def built_images(world, values):
    """Digest by tag of the images built here; tags of a registry count only where there is no other."""
    named = [tag for tag in world.images.tags() if tag.rpartition(":")[0].rpartition("/")[2] == values["image"]]
    named = named or world.images.tags()
    local = [tag for tag in named if "/" not in tag] or named
    return {tag: world.images.digest(tag) for tag in local}
