"""Step 9: is the image small, and does a change of app.py leave the packages' layer alone?"""

from dockyard.grading import check, expect
from dockyard.grading.credit_api import is_the_api
from dockyard.grading.image import installs
from dockyard.grading.image_faults import built_image, lacks_a_package, lacks_the_app, lacks_the_model
from dockyard.grading.last_build import as_built

MEGABYTE = 1_000_000


@check
@as_built
def is_still_the_api(world, values):
    """The image {image}:1 still holds app.py, its model and the packages."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)
    lacks_a_package(image, ("flask", "scikit-learn"))


@check(after=is_still_the_api)
@as_built
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
@as_built
def caches_the_packages(world, values):
    """After a change of app.py, the packages come from the cache."""
    image = built_image(world.images, values["image"])
    program = image.program() or "/app.py"
    layers = zip(image.layer_lines(), world.images.layer_paths(image.reference), strict=True)
    copied = [[(line, program in paths) for line, paths in layers]]
    for stage in image.stages():
        copied.append([(line, any(holds(one, program) for one in programs)) for line, programs in stage])
    early = next((found for found in map(too_early, copied) if found), "")
    expect(
        not early,
        "app.py comes into the image before the packages: whenever it changes, pip installs them all again.",
        cloud=early,
        next="Copy requirements.txt alone, install, and copy app.py below that.",
    )


@check(after=(is_small, caches_the_packages))
@as_built
def still_answers(world, values):
    """A container of {image}:1 still answers as the API."""
    is_the_api(built_image(world.images, values["image"]), values["port"])


def holds(path, program):
    """Whether this is the program, in another stage: there its folder may be another."""
    return path.rpartition("/")[2] == program.rpartition("/")[2] and "-packages/" not in path


def too_early(steps):
    """The step that copies app.py and a pip install after it, in one line; "" where the packages come first."""
    copying = ""
    for line, copies in steps:
        if copying and installs(line):
            return f"{copying} · and only then · {line}"
        copying = line if copies else copying
    return ""
