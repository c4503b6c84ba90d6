"""Step 6: is it the very same image, in a second repository, will it stay that, and can a task pull it there?"""

from dockyard.grading import check, expect
from dockyard.grading.registry import image_tagged, mutability, pulls, repository_named, tag_that_moves


@check
def is_the_same_image(world, values):
    """{production} holds, as 1.0, the image that {repository} holds as 1.0."""
    for name in (values["repository"], values["production"]):
        repository_named(world, name)
    here, there = (image_tagged(world, values[name], "1.0") for name in ("repository", "production"))
    expect(
        here["imageDigest"] == there["imageDigest"],
        f"{values['production']}:1.0 is another image than {values['repository']}:1.0.",
        cloud=f"{here['imageDigest'][:19]}… is not {there['imageDigest'][:19]}…",
        next="Push the image that was tested, not one built again: tag it with the other repository's URI and push.",
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
