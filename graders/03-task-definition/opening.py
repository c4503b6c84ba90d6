"""Lab 3 opens with the image that lab 2 pushed."""

from dockyard.grading import check, expect
from dockyard.grading.blueprints import pullable


@check
def holds_the_image(world, values):
    """ECR holds {repository}:1.0."""
    name = f"{values['repository']}:1.0"
    held = sorted(one.partition("/")[2] for one in pullable(world) if "@" not in one)
    expect(
        any(one.endswith(f"/{name}") for one in held),
        f"ECR holds no {name}; it holds {', '.join(held) or 'no image with a tag'}.",
    )
