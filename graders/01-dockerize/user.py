"""Step 4: whom does the container run as, and what may this user change?"""

import re

from dockyard.grading import check, expect
from dockyard.grading.image_faults import built_image, lacks_the_app, lacks_the_model

#: chown to anybody but root, chmod that lets the group or others write.
GIVES_AWAY = re.compile(
    r"chown\s+(-\w+\s+)*(?!root|0[: ])\S+|chmod\s+(-\w+\s+)*([0-7]*[2367][0-7]?|[ugoa]*\+\w*w\w*)\s"
)


@check
def is_still_the_api(world, values):
    """The image {image}:1 still starts app.py, with its model."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)


@check(after=is_still_the_api)
def is_not_root(world, values):
    """The container's first process is not root's."""
    image = built_image(world.images, values["image"])
    number, _ = user_of(image)
    expect(
        number != 0,
        f"A container of {image.reference} runs as root.",
        cloud=f'"User": "{image.settings.get("User", "")}"',
        next="Add a user (RUN useradd --system app) and choose it (USER app), then build again.",
    )


@check(after=is_not_root)
def cannot_change_the_app(world, values):
    """The container's user can change neither app.py nor the folder it lies in."""
    image = built_image(world.images, values["image"])
    number, groups = user_of(image)
    home = image.program().rpartition("/")[0]
    for path, entry in sorted(image.images.files(image.reference).items()):
        if path == home or path.startswith(f"{home}/"):
            expect(
                not may_write(entry, number, groups),
                f"User {number} of the image {image.reference} may change {path}.",
                cloud=f"owner {entry['uid']}:{entry['gid']}, mode {entry['mode']:o}",
                next="Leave what COPY brings to root: no --chown to the user, no chmod that lets others write.",
            )
    given = next((line for line in image.lines() if gives_away(line, home)), "")
    expect(
        not given,
        f"A line of the Dockerfile lets others than root change {home}.",
        cloud=given,
        next="Leave the folder to root, and build again.",
    )


def gives_away(line, home):
    """Whether a RUN, which is recorded and not run, hands the program's folder to others than root."""
    found = GIVES_AWAY.search(line) if "#(nop)" not in line else None
    return found is not None and (home in line[found.end() :].split() or "." in line[found.end() :].split())


def may_write(entry, number, groups):
    """Whether this user may write here, by the owner's, the group's or the others' bit."""
    if entry["kind"] == "link":
        return False
    if entry["uid"] == number:
        return bool(entry["mode"] & 0o200)
    return bool(entry["mode"] & (0o020 if entry["gid"] in groups else 0o002))


def user_of(image):
    """The uid and the gids a container of the image starts with; refuses a user that the image does not know."""
    name, _, group = str(image.settings.get("User") or "0").partition(":")
    rows = [line.split(":") for line in image.text("/etc/passwd").splitlines()]
    found = [row for row in rows if len(row) > 3 and name in (row[0], row[2])]
    expect(
        found or name.isdigit(),
        f"The image {image.reference} knows no user {name}: a container of it does not start.",
        cloud=f"unable to find user {name}: no matching entries in passwd file",
        next=f"Make the user above the line USER {name}: RUN useradd --system {name}.",
    )
    number = int(found[0][2]) if found else int(name)
    own = int(found[0][3]) if found else 0
    return number, {int(group)} if group.isdigit() else {own}
