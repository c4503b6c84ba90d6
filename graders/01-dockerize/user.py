"""Step 8: whom does the container run as, and what may this user change? Read off, then asked inside a running one."""

from contextlib import contextmanager

from dockyard.grading import Failure, check, expect
from dockyard.grading.credit_api import exercised, is_the_api
from dockyard.grading.image_faults import built_image, lacks_a_package, lacks_the_app, lacks_the_model
from dockyard.grading.last_build import as_built


@check
@as_built
def is_still_the_api(world, values):
    """The image {image}:1 still holds app.py, its model and the packages, and knows its user."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)
    lacks_a_package(image, ("flask", "scikit-learn"))
    knows_its_user(image)


@check(after=is_still_the_api)
def is_not_root(world, values):
    """The image chooses a user who is not root."""
    with pip_was_let_in(world.images, f"{values['image']}:1"):
        chooses_a_user(world, values)


@as_built
def chooses_a_user(world, values):
    """Fail where it is root."""
    image = built_image(world.images, values["image"])
    user = chosen_user(image)
    runs_as_root(image, user in ("", "0", "root"), f"docker inspect: User is {user or 'empty'}")


@check(after=is_not_root)
@as_built
def still_answers(world, values):
    """A container of {image}:1 still answers as the API."""
    is_the_api(built_image(world.images, values["image"]), values["port"])


@check(after=still_answers)
@as_built
def cannot_change_the_app(world, values):
    """Inside, the process is not root's, and a write to the folder of app.py or to what lies in it is refused."""
    image = built_image(world.images, values["image"])
    user, made, looked = exercised(image, values["port"]).done
    runs_as_root(image, user.text.strip() == "0", "id -u: 0")
    home = image.program().rpartition("/")[0]
    expect(
        made.exit_code != 0,
        f"User {user.text.strip()} of the image {image.reference} may change {home}: a new file was written there.",
        cloud=f"touch {home}/written-by-a-check: exit code 0",
        next="Leave what COPY brings to root: no --chown to the user, no chmod that lets others write.",
    )
    others = [line for line in looked.text.splitlines() if line.startswith(f"{home}/")]
    expect(
        not others,
        f"User {user.text.strip()} of the image {image.reference} may change {', '.join(others[:3])}.",
        cloud=f"test -w {next(iter(others), '')}: yes",
        next="Leave what COPY brings to root: no --chown to the user, no chmod that lets others write. Build again.",
    )


def runs_as_root(image, seen, where):
    """Fail where that was seen."""
    expect(
        not seen,
        f"A container of {image.reference} runs as root.",
        cloud=where,
        next="Add a user (RUN useradd --system app) and choose it (USER app), then build again.",
    )


@contextmanager
def pip_was_let_in(images, reference):
    """Let a failure name what the last build says of rights, where pip had too few of them."""
    try:
        yield
    except Failure as failure:
        said = images.failed_build(reference)
        if "Permission denied" not in said or "pip" not in said:
            raise
        raise Failure(
            failure.seen,
            cloud=failure.cloud,
            next="pip ran as the user that a line USER above it chose, and needs root: let USER stand below RUN pip. "
            "Then build again.",
        ) from None


def chosen_user(image):
    """The user that the image names, "" where it names none."""
    return str(image.settings.get("User") or "").partition(":")[0]


def knows_its_user(image):
    """Refuse a user that the image does not know."""
    name = chosen_user(image) or "0"
    rows = [line.split(":") for line in image.text("/etc/passwd").splitlines()]
    expect(
        name.isdigit() or any(name == row[0] for row in rows),
        f"The image {image.reference} knows no user {name}: a container of it does not start.",
        cloud=f"unable to find user {name}: no matching entries in passwd file",
        next=f"Make the user above the line USER {name}: RUN useradd --system {name}.",
    )
