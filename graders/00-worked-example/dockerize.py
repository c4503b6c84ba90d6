"""Step 1: is the image able to be the API? It is looked into, as a container would find it."""

import ast
import posixpath
import re
import shlex

from dockyard.grading import Failure, check, expect

NEEDED = ("flask", "scikit-learn")
OLDEST_PYTHON = (3, 11)
BASE_COMMANDS = (["python3"], ["bash"], ["sh"], ["/bin/sh"], ["/bin/bash"])
SECRET = re.compile(r"(^|/)(bank\.env|\.env|id_rsa|id_ed25519|credentials)$|\.pem$")
BUILD = "Build it with engine.images.build(path='.', tag='credit-api:1')."


@check
def is_built(world, values):
    """Your Docker engine holds an image of your own."""
    the_image(world, values)


@check(after=is_built)
def holds_the_app(world, values):
    """The image starts app.py, and app.py is in it."""
    tag, image = the_image(world, values)
    lacks_the_app(image, tag)


@check(after=is_built)
def holds_the_model(world, values):
    """The image holds model.pkl where app.py looks for it."""
    tag, image = the_image(world, values)
    lacks_the_model(image, tag)


@check(after=is_built)
def installs_the_packages(world, values):
    """Everything app.py and its model need is installed in the image: flask and scikit-learn."""
    tag, image = the_image(world, values)
    lacks_a_package(image, tag)


@check(after=is_built)
def stands_on_a_supported_python(world, values):
    """The image's Python still gets security updates."""
    tag, image = the_image(world, values)
    has_an_old_python(image, tag)


@check(after=is_built)
def says_its_port(world, values):
    """The image says that it serves on port 8080."""
    tag, image = the_image(world, values)
    hides_its_port(image, tag, values["port"])


@check(after=is_built)
def keeps_no_secret(world, values):
    """No layer of the image holds a secret: deleting it in a later layer does not count."""
    tag, image = the_image(world, values)
    holds_a_secret(image, tag)


class Image:
    """One image as a container would find it."""

    def __init__(self, images, reference):
        self.reference = reference
        self.images = images
        self.settings = images.configuration(reference).get("config") or {}
        self.history = [one.get("created_by", "") for one in images.configuration(reference).get("history", [])]
        self.paths = set(images.files(reference))
        self.folder = self.settings.get("WorkingDir") or "/"
        self.environment = dict(one.split("=", 1) for one in self.settings.get("Env") or [] if "=" in one)

    def words(self):
        """The words of the command the container starts with, a shell's line taken apart."""
        command = [*(self.settings.get("Entrypoint") or []), *(self.settings.get("Cmd") or [])]
        if command in [list(one) for one in BASE_COMMANDS]:
            return []
        return [word for part in command for word in (shlex.split(part) if " " in part else [part])]

    def at(self, path):
        """A path of the command line as an absolute one."""
        return posixpath.normpath(posixpath.join(self.folder, path))

    def has(self, path):
        """Whether a container would find this absolute path."""
        return path in self.paths or path.lstrip("/") in self.paths

    def program(self):
        """The Python file that the command starts, or None."""
        named = [word.partition(":")[0] for word in self.words()]
        if "FLASK_APP" in self.environment:
            named.append(self.environment["FLASK_APP"].partition(":")[0])
        for name in named:
            for path in (name, f"{name.replace('.', '/')}.py", f"{name.replace('.', '/')}/__main__.py"):
                if path.endswith(".py") and self.has(self.at(path)):
                    return self.at(path)
        return None

    def line(self, word):
        """The line of the image's history that speaks of a thing: what the engine wrote down while building."""
        found = [one for one in self.history if word in one]
        return found[-1] if found else ""


def lacks_the_app(image, tag):
    """Fail unless the command names a Python file that is in the image and can be read as Python."""
    words = image.words()
    expect(words, f"The image {tag} does not say what to start.", next='Add CMD ["python", "app.py"] and build again.')
    program = image.program()
    expect(
        program,
        f"The image {tag} starts `{' '.join(words)}`, but that file is not in the image.",
        cloud=image.line("CMD") or image.line("ENTRYPOINT"),
        next="Copy app.py into the image (COPY app.py ./) and build again.",
    )
    try:
        ast.parse(image.images.read_file(image.reference, program) or b"")
    except (SyntaxError, ValueError) as error:
        raise Failure(
            f"{program} in the image {tag} is not valid Python: {error}.", next="Mend it, and build again."
        ) from None


def lacks_the_model(image, tag):
    """Fail unless a pickled model lies where the program looks."""
    found = [path for path in image.paths if path.endswith("model.pkl")]
    expect(
        found,
        f"The image {tag} holds no model.pkl.",
        cloud=image.line("COPY") or image.line("ADD"),
        next="Copy model.pkl beside app.py and build again: a container sees only what its image holds.",
    )
    program = image.program()
    if program is None:
        return
    source = (image.images.read_file(image.reference, program) or b"").decode("utf-8", "replace")
    places = {posixpath.dirname(program), image.folder, "/" + posixpath.dirname(program).lstrip("/")}
    fitting = [one for one in found if posixpath.dirname("/" + one.lstrip("/")) in places or one in source]
    expect(
        fitting,
        f"model.pkl lies at {found[0]}, but {program} does not look there.",
        next="Copy it into the folder of app.py.",
    )
    content = image.images.read_file(image.reference, fitting[0]) or b""
    expect(
        content[:1] == b"\x80",
        f"{fitting[0]} in the image is not a pickled model.",
        next="Train it again (second cell).",
    )


def lacks_a_package(image, tag):
    """Fail unless pip was asked for everything needed."""
    installed = {
        re.split(r"[\[=<>!~; ]", one)[0].strip().lower().replace("_", "-")
        for one in image.images.packages(image.reference)
    }
    missing = [one for one in NEEDED if one not in installed]
    reason = {"flask": "app.py imports flask", "scikit-learn": "loading model.pkl imports sklearn"}
    expect(
        not missing,
        f"The image {tag} does not install {' and '.join(missing)}: " + ", ".join(reason[one] for one in missing) + ".",
        cloud=image.line("pip install") or "No line of the Dockerfile installs anything.",
        next="Add it to the pip install line. Without it the container ends with ModuleNotFoundError, exit code 1.",
    )


def has_an_old_python(image, tag):
    """Fail unless there is a Python that is still mended."""
    version = image.environment.get("PYTHON_VERSION", "")
    paths = " ".join(image.paths)
    found = re.match(r"(\d+)\.(\d+)", version) or re.search(r"lib/python(\d+)\.(\d+)/", paths)
    expect(found, f"The image {tag} holds no Python.", next="Start from a Python base: FROM python:3.12-slim.")
    expect(
        tuple(map(int, found.groups())) >= OLDEST_PYTHON,
        f"The image {tag} stands on Python {found[1]}.{found[2]}, which gets no security updates any more.",
        cloud=image.line("FROM"),
        next="Start from a newer base: FROM python:3.12-slim.",
    )


def hides_its_port(image, tag, port):
    """Fail unless the port is exposed."""
    exposed = sorted(image.settings.get("ExposedPorts") or {})
    expect(
        f"{port}/tcp" in exposed or port in exposed,
        f"The image {tag} exposes {', '.join(exposed) or 'no port'}; app.py serves on {port}.",
        next=f"Add EXPOSE {port} and build again.",
    )


def holds_a_secret(image, tag):
    """Fail where any layer holds a file that looks like a secret."""
    for number, paths in enumerate(image.images.layer_paths(image.reference), 1):
        for path in paths:
            if SECRET.search(path) and "site-packages" not in path and "/usr/" not in f"/{path}":
                raise Failure(
                    f"Layer {number} of the image {tag} holds {path}: whoever pulls the image can read it.",
                    cloud=image.line("COPY") or image.line("ADD"),
                    next="Copy only what the API needs, or name the file in .dockerignore, and build again.",
                )


PROPERTIES = (lacks_the_app, lacks_the_model, lacks_a_package, has_an_old_python, holds_a_secret)


def the_image(world, values):
    """The learner's image: of the tags with the lab's name (else of all) the one with most of what is asked."""
    tags = world.images.tags()
    expect(tags, "Your Docker engine holds no image.", next=BUILD)
    named = [tag for tag in tags if tag.rpartition(":")[0].rpartition("/")[2] == values["image"]] or tags
    best = min(named, key=lambda tag: (complaints(world, tag), "/" in tag, tag))
    return best, Image(world.images, best)


def complaints(world, tag):
    """How many of the properties an image lacks."""
    image, count = Image(world.images, tag), 0
    for lacks in PROPERTIES:
        try:
            lacks(image, tag)
        except Failure:
            count += 1
    return count
