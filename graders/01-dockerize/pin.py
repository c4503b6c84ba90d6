"""Step 7: the image is built again, after newer versions of all its packages have appeared. Is it the same image?"""

from dockyard.grading import check, expect
from dockyard.grading.credit_api import is_the_api
from dockyard.grading.image import installs
from dockyard.grading.image_faults import built_image, lacks_a_package, lacks_the_app, lacks_the_model
from dockyard.grading.last_build import as_built
from dockyard.grading.versions import installed_version, trained_version

#: So many packages that move are told by name; the others are counted.
TOLD = 3
LIST = "requirements.txt"


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
def keeps_what_it_asks_for(world, values):
    """Built again after newer versions have appeared, it gets the same versions of what pip is asked for."""
    image = built_image(world.images, values["image"])
    asked = image.packages()
    moved = {name: one for name, one in world.images.moved_packages(image.reference).items() if name in asked}
    words = " and ".join(f"{name}{asked[name]}" for name in moved)
    expect(
        not moved or not leaves_its_list(image),
        f"Built again after newer versions have appeared, {image.reference} gets {told(moved)}. There is a "
        f"requirements.txt, and no line of the Dockerfile installs from it: pip is asked for {words}.",
        cloud=image.pip_line(),
        next="Pin all packages in requirements.txt, and install from it: RUN pip install -r requirements.txt.",
    )
    expect(
        not moved,
        f"Built again after newer versions have appeared, {image.reference} gets {told(moved)}: pip is asked for "
        f"{words}.",
        cloud=image.pip_line(),
        next=f"Pin each with ==, as it is now: {' and '.join(f'{name}=={now}' for name, (now, _) in moved.items())}.",
    )


@check(after=keeps_what_it_asks_for)
@as_built
def keeps_what_they_bring(world, values):
    """And the same versions of what those packages bring along: the image is the same, and so are its predictions."""
    image = built_image(world.images, values["image"])
    moved = world.images.moved_packages(image.reference)
    expect(
        not moved,
        f"Built again after newer versions have appeared, {image.reference} gets {told(moved)}. Your packages bring "
        f"{'it' if len(moved) == 1 else 'them'} along, and nothing pins {'it' if len(moved) == 1 else 'them'}.",
        cloud=image.pip_line(),
        next=f'Pin all that is in the image: print(frozen("{image.reference}")) lists it, as pip freeze does.',
    )


@check(after=keeps_what_they_bring)
@as_built
def fits_the_model(world, values):
    """scikit-learn in the image has the version that trained model.pkl."""
    image = built_image(world.images, values["image"])
    installed, trained = installed_version(image), trained_version(image)
    expect(
        installed == trained,
        f"model.pkl was trained with scikit-learn {trained}, and the image {image.reference} installs {installed}.",
        cloud="InconsistentVersionWarning: Trying to unpickle estimator LogisticRegression from version "
        f"{trained} when using version {installed}. This might lead to breaking code or invalid results.",
        next=f"Pin scikit-learn=={trained}: the version that wrote the file.",
    )


@check(after=fits_the_model)
@as_built
def has_no_drift(world, values):
    """A container of {image}:1 answers /predict and /proba as the model does on your laptop."""
    is_the_api(built_image(world.images, values["image"]), values["port"])


def leaves_its_list(image):
    """Whether requirements.txt was sent to the build, and pip is not told of it."""
    lines = [*image.lines(), *(line for stage in image.stages() for line, _ in stage)]
    return LIST in image.images.sent(image.reference) and not any(installs(one) and LIST in one for one in lines)


def told(moved):
    """The packages that move, each from which version to which."""
    words = [f"{name} {after} instead of {before}" for name, (before, after) in list(moved.items())[:TOLD]]
    more = [f"{len(moved) - TOLD} more"] if len(moved) > TOLD else []
    return " and ".join([", ".join([*words, *more][:-1]), [*words, *more][-1]] if len(moved) > 1 else words)
