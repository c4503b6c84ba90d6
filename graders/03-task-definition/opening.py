"""Lab 3 opens with an image in ECR that Fargate can pull."""

from dockyard.grading import check, expect
from dockyard.grading.finding import images_in_ecr


@check
def holds_an_image(world, values):
    """ECR holds your image, with a tag."""
    tagged = [image for _, image in images_in_ecr(world) if image.get("imageTags")]
    expect(tagged, f"ECR holds no image with a tag (lab 2 pushes {values['repository']}:1.0).")
