"""Step 9: is the image small, and does a change of app.py leave the packages' layer alone?"""

from dockyard.grading import check, expect
from dockyard.grading.credit_api import is_the_api
from dockyard.grading.image_faults import built_image, lacks_a_package, lacks_the_app, lacks_the_model

MEGABYTE = 1_000_000


@check
def is_still_the_api(world, values):
    """The image {image}:1 still holds app.py, its model and the packages."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)
    lacks_a_package(image, ("flask", "scikit-learn"))


@check(after=is_still_the_api)
def is_small(world, values):
    """The image is smaller than {most_megabytes} MB."""
    image = built_image(world.images, values["image"])
    sizes = world.images.layer_sizes(image.reference)
    largest = max(range(len(sizes)), key=sizes.__getitem__)
    expect(
        sum(sizes) < int(values["most_megabytes"]) * MEGABYTE,
        f"The image {image.reference} has {sum(sizes) / MEGABYTE:.0f} MB.",
        cloud=f"largest layer, {sizes[largest] / MEGABYTE:.0f} MB: {image.layer_lines()[largest]}",
        next="Start from python:3.12-slim, and let pip keep no cache: pip install --no-cache-dir.",
    )


@check(after=is_still_the_api)
def caches_the_packages(world, values):
    """After a change of app.py, the packages come from the cache."""
    image = built_image(world.images, values["image"])
    program, lines = image.program(), image.layer_lines()
    for number, (line, paths) in enumerate(zip(lines, world.images.layer_paths(image.reference), strict=True)):
        later = [one for one in lines[number + 1 :] if "pip install" in one or "pip3 install" in one]
        expect(
            program not in paths or not later,
            "app.py comes into the image before the packages: whenever it changes, pip installs them all again.",
            cloud=f"{line} · and only then · {later[0] if later else ''}",
            next="Copy requirements.txt alone, install, and copy app.py below that.",
        )


@check(after=(is_small, caches_the_packages))
def still_answers(world, values):
    """A container of {image}:1 still answers as the API."""
    is_the_api(built_image(world.images, values["image"]), values["port"])
