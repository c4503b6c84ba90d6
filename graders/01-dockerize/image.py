"""Step 5: is the image, all alone, the API? A container of it is run and asked."""

import re

from dockyard.grading import check, expect
from dockyard.grading.credit_api import answers_wrongly, cannot_be_reached, ends_by_itself
from dockyard.grading.image import installs
from dockyard.grading.image_faults import (
    built_image,
    has_an_old_python,
    hides_its_port,
    lacks_a_package,
    lacks_the_app,
    lacks_the_model,
)
from dockyard.grading.last_build import as_built

#: Servers that a command may name and that pip must bring.
SERVERS = ("gunicorn", "uvicorn", "hypercorn", "waitress-serve")
#: A line that starts app.py: `python app.py`, `gunicorn app:app`.
STARTS = re.compile(rf"\b(python[\d.]*|flask|{'|'.join(SERVERS)})\b.*\bapp\b|\bflask\b.*\brun\b")


@check
@as_built
def is_built(world, values):
    """Your Docker engine holds the image {image}:1."""
    built_image(world.images, values["image"])


@check(after=is_built)
@as_built
def holds_the_app(world, values):
    """The image starts app.py, and app.py and its model are in it."""
    image = built_image(world.images, values["image"])
    starts_while_it_is_built(image)
    lacks_the_app(image)
    lacks_the_model(image)


@check(after=holds_the_app)
@as_built
def installs_the_packages(world, values):
    """Everything app.py and its model need is installed in the image: flask and scikit-learn."""
    image = built_image(world.images, values["image"])
    lacks_a_package(image, ("flask", "scikit-learn", *(word for word in image.words()[:1] if word in SERVERS)))


@check(after=is_built)
@as_built
def stands_on_a_supported_python(world, values):
    """The image's Python still gets security updates."""
    has_an_old_python(built_image(world.images, values["image"]))


@check(after=is_built)
@as_built
def says_its_port(world, values):
    """The image says that it serves on port {port}."""
    hides_its_port(built_image(world.images, values["image"]), values["port"])


@check(after=(installs_the_packages, stands_on_a_supported_python))
@as_built
def runs(world, values):
    """A container of the image runs on."""
    ends_by_itself(built_image(world.images, values["image"]), values["port"])


@check(after=runs)
@as_built
def can_be_reached(world, values):
    """From outside, it is reached on port {port}."""
    cannot_be_reached(built_image(world.images, values["image"]), values["port"])


@check(after=can_be_reached)
@as_built
def answers(world, values):
    """/health, /predict and /proba answer rightly, and 400 where the request is wrong."""
    answers_wrongly(built_image(world.images, values["image"]), values["port"])


def starts_while_it_is_built(image):
    """Refuse an image that starts nothing, and has a line RUN that starts app.py."""
    runs = (one for one in image.lines() if one.startswith("/bin/sh -c ") and "#(nop)" not in one and not installs(one))
    line = next((one for one in runs if STARTS.search(one)), "")
    expect(
        image.words() or not line,
        f"The image {image.reference} does not say what to start: RUN acts while the image is built, and never again.",
        cloud=line,
        next="Write CMD python app.py in the place of that RUN: CMD says what a container starts. Then build again.",
    )
