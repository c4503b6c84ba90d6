"""Step 1: is the image able to be the API? It is looked into, as a container would find it."""

import re

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
#: Servers that a command may name, which listen on this machine alone unless told.
SERVERS = ("gunicorn", "uvicorn", "hypercorn", "waitress-serve")
EVERYWHERE = re.compile(r"0\.0\.0\.0|\[?::\]?(:|\b|$)|\*:")


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
    image = built_image(world.images, values["image"])
    lacks_a_package(image, (*NEEDED, *(word for word in image.words()[:1] if word in SERVERS)))


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


@check(after=holds_the_app)
def can_be_reached(world, values):
    """app.py listens on every address of the container, not on its own 127.0.0.1 only."""
    image = built_image(world.images, values["image"])
    words = image.words()
    by_itself = words[0] in SERVERS or (words[0] == "flask" and "FLASK_RUN_HOST" not in image.environment)
    told = " ".join(words) if by_itself else image.text(image.program()) + image.environment.get("FLASK_RUN_HOST", "")
    expect(
        EVERYWHERE.search(told),
        f"In a container of {image.reference} the server listens on 127.0.0.1: from outside nobody reaches it.",
        cloud=f"{' '.join(words)} · Running on http://127.0.0.1",
        next="Let it listen on 0.0.0.0: host='0.0.0.0' in app.run, --host 0.0.0.0 for flask, --bind for gunicorn.",
    )
