"""Step 7: whom does the container run as, and what may this user change? Asked inside a running container."""

from dockyard.grading import check, expect
from dockyard.grading.credit_api import exercised, is_the_api
from dockyard.grading.image_faults import built_image, lacks_a_package, lacks_the_app, lacks_the_model


@check
def is_still_the_api(world, values):
    """A container of {image}:1 still answers as the API."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)
    lacks_a_package(image, ("flask", "scikit-learn"))
    knows_its_user(image)
    is_the_api(image, values["port"])


@check(after=is_still_the_api)
def is_not_root(world, values):
    """Inside, the process is not root's."""
    image = built_image(world.images, values["image"])
    user = exercised(image, values["port"]).done[0].text.strip()
    expect(
        user != "0",
        f"A container of {image.reference} runs as root.",
        cloud=f"id -u: {user}",
        next="Add a user (RUN useradd --system app) and choose it (USER app), then build again.",
    )


@check(after=is_not_root)
def cannot_change_the_app(world, values):
    """Inside, a write to app.py or to the folder it lies in is refused."""
    image = built_image(world.images, values["image"])
    user, made, kept = exercised(image, values["port"]).done
    home = image.program().rpartition("/")[0]
    expect(
        made.exit_code != 0,
        f"User {user.text.strip()} of the image {image.reference} may change {home}: a new file was written there.",
        cloud=f"touch {home}/written-by-a-check: exit code 0",
        next="Leave what COPY brings to root: no --chown to the user, no chmod that lets others write.",
    )
    expect(
        kept.exit_code == 0,
        f"User {user.text.strip()} of the image {image.reference} may change {image.program()}.",
        cloud=f"test -w {image.program()}: yes",
        next="Leave the file to root, and build again.",
    )


def knows_its_user(image):
    """Refuse a user that the image does not know."""
    name = str(image.settings.get("User") or "0").partition(":")[0]
    rows = [line.split(":") for line in image.text("/etc/passwd").splitlines()]
    expect(
        name.isdigit() or any(name == row[0] for row in rows),
        f"The image {image.reference} knows no user {name}: a container of it does not start.",
        cloud=f"unable to find user {name}: no matching entries in passwd file",
        next=f"Make the user above the line USER {name}: RUN useradd --system {name}.",
    )
