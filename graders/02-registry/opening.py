"""What lab 2 must find: the image of lab 1 in the learner's engine."""

from dockyard.grading import check
from dockyard.grading.image_faults import built_image, lacks_the_app, lacks_the_model


@check
def has_the_image(world, values):
    """The engine holds {image}:1, with app.py and its model."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)
