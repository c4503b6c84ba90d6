"""Step 1: is the image able to be the API? It is looked into, as a container would find it."""

from dockyard.grading import Failure, check, expect
from dockyard.grading.image import Image, local_tags
from dockyard.grading.image_faults import (
    has_an_old_python,
    hides_its_port,
    holds_a_secret,
    lacks_a_package,
    lacks_the_app,
    lacks_the_model,
)

NEEDED = ("flask", "scikit-learn")
BUILD = "Build it with engine.images.build(path='.', tag='credit-api:1')."


@check
def is_built(world, values):
    """Your Docker engine holds an image of your own."""
    the_image(world, values)


@check(after=is_built)
def holds_the_app(world, values):
    """The image starts app.py, and app.py is in it."""
    lacks_the_app(the_image(world, values))


@check(after=is_built)
def holds_the_model(world, values):
    """The image holds model.pkl where app.py looks for it."""
    lacks_the_model(the_image(world, values))


@check(after=is_built)
def installs_the_packages(world, values):
    """Everything app.py and its model need is installed in the image: flask and scikit-learn."""
    lacks_a_package(the_image(world, values), NEEDED)


@check(after=is_built)
def stands_on_a_supported_python(world, values):
    """The image's Python still gets security updates."""
    has_an_old_python(the_image(world, values))


@check(after=is_built)
def says_its_port(world, values):
    """The image says that it serves on port 8080."""
    hides_its_port(the_image(world, values), values["port"])


@check(after=is_built)
def keeps_no_secret(world, values):
    """No layer of the image holds a secret: deleting it in a later layer does not count."""
    holds_a_secret(the_image(world, values))


FAULTS = (
    lacks_the_app,
    lacks_the_model,
    lambda image: lacks_a_package(image, NEEDED),
    has_an_old_python,
    holds_a_secret,
)


def the_image(world, values):
    """The learner's image: of the tags with the lab's name (else of all) the one with most of what is asked."""
    expect(world.images.tags(), "Your Docker engine holds no image.", next=BUILD)
    images = [Image(world.images, tag) for tag in local_tags(world.images, values["image"])]
    return min(images, key=lambda one: (faults(one), "/" in one.reference, one.reference))


def faults(image):
    """How many of the properties an image lacks."""
    count = 0
    for lacks in FAULTS:
        try:
            lacks(image)
        except Failure:
            count += 1
    return count
