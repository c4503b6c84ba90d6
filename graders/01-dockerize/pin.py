"""Step 6: would the same Dockerfile give the same packages next year, and do they fit the model?"""

import pickletools
import re
from itertools import pairwise

from dockyard.grading import check, expect
from dockyard.grading.credit_api import is_the_api
from dockyard.grading.image_faults import built_image, lacks_a_package, lacks_the_app, lacks_the_model

EXACTLY = re.compile(r"(\[[^\]]*\])?={2,3}[0-9][^,*]*")


@check
def is_still_the_api(world, values):
    """The image {image}:1 still holds app.py, its model and the packages."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)
    lacks_a_package(image, ("flask", "scikit-learn"))


@check(after=is_still_the_api)
def pins_every_package(world, values):
    """Every package that pip is asked for is pinned to one version."""
    image = built_image(world.images, values["image"])
    loose = [f"{name}{pin}" for name, pin in sorted(image.packages().items()) if not EXACTLY.fullmatch(pin)]
    expect(
        not loose,
        f"The image {image.reference} asks pip for {' and '.join(loose)}: the next build may get another version.",
        cloud=image.line("pip install"),
        next="Pin each with ==, such as flask==3.1.2.",
    )


@check(after=pins_every_package)
def fits_the_model(world, values):
    """scikit-learn in the image has the version that trained model.pkl."""
    image = built_image(world.images, values["image"])
    asked = image.packages()["scikit-learn"].lstrip("=")
    path = next(path for path in sorted(image.paths) if path.endswith("model.pkl"))
    trained = trained_with(image.images.read_file(image.reference, path))
    expect(
        asked == trained,
        f"model.pkl was trained with scikit-learn {trained}, and the image {image.reference} installs {asked}.",
        cloud="InconsistentVersionWarning: Trying to unpickle estimator LogisticRegression from version "
        f"{trained} when using version {asked}. This might lead to breaking code or invalid results.",
        next=f"Pin scikit-learn=={trained}: the version that wrote the file.",
    )


@check(after=fits_the_model)
def has_no_drift(world, values):
    """A container of {image}:1 answers /predict and /proba as the model does on your laptop."""
    is_the_api(built_image(world.images, values["image"]), values["port"])


def trained_with(pickled):
    """The version of scikit-learn that a pickled model names; the pickle is read, never loaded."""
    texts = [argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)]
    return next((after for before, after in pairwise(texts) if before == "_sklearn_version"), "")
