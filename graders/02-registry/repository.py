"""Step 1: in a fork two images are pushed under one tag: `latest`, then others."""

from dockyard.grading import check, expect
from dockyard.grading.registry import mutability, repository_named, tag_that_moves


@check
def exists(world, values):
    """ECR holds the repository {repository}."""
    repository_named(world, values["repository"])


@check(after=exists)
def refuses_a_second_image_under_a_tag(world, values):
    """A tag, once given, keeps its image: a second one under the same tag is refused."""
    repository = repository_named(world, values["repository"])
    tag = tag_that_moves(world.fork("same tag twice"), values["repository"])
    expect(
        not tag,
        f"Two images were pushed to {values['repository']} as {tag}, and the second took it from the first. "
        f"{tag} may still move.",
        cloud=mutability(repository),
        next="ecr.put_image_tag_mutability(repositoryName=…, imageTagMutability='IMMUTABLE') mends it.",
    )


@check(after=exists)
def scans_on_push(world, values):
    """An image is scanned when it arrives."""
    repository = repository_named(world, values["repository"])
    setting = repository.get("imageScanningConfiguration", {})
    expect(
        setting.get("scanOnPush"),
        f"The repository {values['repository']} does not scan what is pushed.",
        cloud=f"imageScanningConfiguration: {setting}",
        next="ecr.put_image_scanning_configuration(repositoryName=…, imageScanningConfiguration={'scanOnPush': True})",
    )
