"""Step 1: is the image able to be the API? It is looked into, as a container would find it."""

from dockyard.grading import check, expect
from dockyard.grading.image_faults import (
    built_image,
    has_an_old_python,
    hides_its_port,
    lacks_a_package,
    lacks_the_app,
    lacks_the_model,
)

NEEDED = ("flask", "scikit-learn")


@check
def is_built(world, values):
    """Your Docker engine holds the image {image}:1."""
    built_image(world.images, values["image"])


@check(after=is_built)
def holds_the_app(world, values):
    """The image starts app.py, and app.py is in it."""
    lacks_the_app(built_image(world.images, values["image"]))


@check(after=is_built)
def holds_the_model(world, values):
    """The image holds model.pkl where app.py looks for it."""
    lacks_the_model(built_image(world.images, values["image"]))


@check(after=is_built)
def installs_the_packages(world, values):
    """Everything app.py and its model need is installed in the image: flask and scikit-learn."""
    lacks_a_package(built_image(world.images, values["image"]), NEEDED)


@check(after=is_built)
def stands_on_a_supported_python(world, values):
    """The image's Python still gets security updates."""
    has_an_old_python(built_image(world.images, values["image"]))


@check(after=holds_the_app)
def serves_on_its_port(world, values):
    """app.py serves on port {port} in the container, and the image says so."""
    image, port = built_image(world.images, values["image"]), values["port"]
    hides_its_port(image, port)
    told = image.environment.get("PORT")
    reads = "PORT" in image.text(image.program())
    named = any(port in word for word in image.words()) or port in image.text(image.program())
    expect(
        told == port or (told is None and named),
        f"app.py in the image {image.reference} would serve on port {told}."
        if told
        else f"app.py in the image {image.reference} is told no port" + (": it reads PORT." if reads else "."),
        cloud=f"PORT={told}" if told else "KeyError: 'PORT', exit code 1",
        next=f"Add ENV PORT={port} and build again.",
    )
