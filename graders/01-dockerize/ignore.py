"""Step 6: does any layer hold what should have stayed at home? Each layer is looked into, also below later ones.

A container is run only of an image that holds nothing too much and lacks nothing.
"""

from dockyard.grading import Failure, check
from dockyard.grading.credit_api import is_the_api
from dockyard.grading.image_faults import built_image, holds_a_secret, lacks_a_package, lacks_the_app, lacks_the_model
from dockyard.grading.last_build import as_built

#: The file of applicants, wherever it was copied to; packages have folders called data, too.
DATA = "/applications.bin"


@check
@as_built
def is_still_the_api(world, values):
    """The image {image}:1 still holds app.py, its model and the packages."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)
    lacks_a_package(image, ("flask", "scikit-learn"))


@check
@as_built
def keeps_no_secret(world, values):
    """No layer of the image holds {secret}: deleting it in a later layer does not count."""
    image = built_image(world.images, values["image"])
    holds(image, "/" + values["secret"], f"{values['secret']} to .dockerignore")
    holds_a_secret(image)


@check
@as_built
def keeps_no_data(world, values):
    """No layer of the image holds the applicants' data."""
    holds(built_image(world.images, values["image"]), DATA, "data/ to .dockerignore")


@check(after=(is_still_the_api, keeps_no_secret, keeps_no_data))
@as_built
def still_answers(world, values):
    """A container of {image}:1 still answers as the API."""
    is_the_api(built_image(world.images, values["image"]), values["port"])


def holds(image, part, cure):
    """Fail where any layer holds a path that ends so."""
    for number, (line, paths) in enumerate(
        zip(image.layer_lines(), image.images.layer_paths(image.reference), strict=True), 1
    ):
        for path in paths:
            if path.endswith(part):
                raise Failure(
                    f"Layer {number} of the image {image.reference} holds {path}: whoever pulls the image can read it.",
                    cloud=line,
                    next=f"Add {cure} (is it there? Then the image is older than that line) and build again.",
                )
