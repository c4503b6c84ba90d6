"""What keeps an image from being the API, a function each: it raises Failure where the image has the fault.

Knows nothing about labs and their values: ports and package names are given.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable

from dockyard.grading.checks import Failure, expect
from dockyard.grading.image import Image
from dockyard.grading.world import Images

__all__ = [
    "built_image",
    "has_an_old_python",
    "hides_its_port",
    "holds_a_secret",
    "lacks_a_package",
    "lacks_the_app",
    "lacks_the_model",
]

#: https://devguide.python.org/versions/ November 2026: 3.10 went out of support in October.
OLDEST_PYTHON = (3, 11)
_SECRET = re.compile(r"(^|/)(bank\.env|\.env|id_rsa|id_ed25519|credentials)$|\.pem$")
_REASONS = {"flask": "app.py imports flask", "scikit-learn": "loading model.pkl imports sklearn"}


def lacks_the_app(image: Image) -> None:
    """The command names no Python file that is in the image and can be read as Python."""
    words, tag = image.words(), image.reference
    expect(words, f"The image {tag} does not say what to start.", next='Add CMD ["python", "app.py"] and build again.')
    expect(
        not words[0].startswith("["),
        f"The image {tag} starts `{' '.join(words)}`: a list that is not written in double quotes is a shell's line.",
        cloud=f"/bin/sh: 1: {words[0]} not found",
        next='Write CMD ["python", "app.py"] with double quotes, and build again.',
    )
    program = image.program()
    if program is None:
        named = [word for word in words if word.endswith(".py")]
        if not named or posixpath.basename(named[0]) == "app.py":
            _was_ignored(image, "app.py", f"The image {tag} starts `{' '.join(words)}`, and holds no app.py")
        raise Failure(
            f"The image {tag} starts `{' '.join(words)}`, but that file is not in the image."
            if named
            else f"The image {tag} starts `{' '.join(words)}`: that does not start app.py.",
            cloud=image.line("CMD") or image.line("ENTRYPOINT"),
            next="Copy app.py into the image (COPY app.py ./) and build again.",
        )
    try:
        ast.parse(image.images.read_file(image.reference, program) or b"")
    except (SyntaxError, ValueError) as error:
        seen = f"{program} in the image {tag} is not valid Python: {error}."
        raise Failure(seen, next="Mend it, and build again.") from None


def lacks_the_model(image: Image) -> None:
    """No pickled model lies where the program looks."""
    tag, found = image.reference, sorted(path for path in image.paths if path.endswith("model.pkl"))
    if not found:
        _was_ignored(image, "model.pkl", f"The image {tag} holds no model.pkl")
    expect(
        found,
        f"The image {tag} holds no model.pkl.",
        cloud=image.line("COPY") or image.line("ADD"),
        next="Copy model.pkl beside app.py and build again: a container sees only what its image holds.",
    )
    program = image.program()
    if program is None:
        return
    source, places = image.text(program), {posixpath.dirname(program), image.folder}
    fitting = [one for one in found if posixpath.dirname(one) in places or one in source]
    expect(
        fitting,
        f"model.pkl lies at {found[0]}, but {program} does not look there.",
        next="Copy it into the folder of app.py.",
    )
    content = image.images.read_file(tag, fitting[0]) or b""
    expect(
        content[:1] == b"\x80",
        f"{fitting[0]} in the image is not a pickled model.",
        next="Train it again (second cell).",
    )


def _was_ignored(image: Image, name: str, seen: str) -> None:
    """Its build was not sent the file, which no line of the Dockerfile can mend."""
    line = image.images.ignored_by(image.reference, name)
    expect(
        not line,
        f"{seen}: .dockerignore names {name}, so the build was not sent it.",
        cloud=f".dockerignore: {line}",
        next=f"Change that line, or bring the file back below it with !{name}; then build again.",
    )


def lacks_a_package(image: Image, needed: Iterable[str]) -> None:
    """pip was not asked for everything needed."""
    installed = image.packages()
    missing = [one for one in needed if one not in installed]
    told = ", ".join(_REASONS.get(one, f"the API needs {one}") for one in missing)
    if "sklearn" in installed:
        told += ". The package is called scikit-learn, its module sklearn"
    near = next((line for line in image.lines() if re.search(r"\bpip3?\b", line)), "")
    expect(
        not missing,
        f"The image {image.reference} does not install {' and '.join(missing)}: {told}.",
        cloud=image.pip_line()
        or (f"{near}: that is no pip install." if near else "No line of the Dockerfile installs anything."),
        next="Add it to the pip install line. Without it the container ends with ModuleNotFoundError, exit code 1.",
    )


def has_an_old_python(image: Image) -> None:
    """There is no Python, or one that nobody mends any more."""
    version, paths = image.environment.get("PYTHON_VERSION", ""), " ".join(image.paths)
    found = re.match(r"(\d+)\.(\d+)", version) or re.search(r"lib/python(\d+)\.(\d+)/", paths)
    if found is None:
        base = "Start from a Python base: FROM python:3.12-slim."
        raise Failure(f"The image {image.reference} holds no Python.", next=base)
    expect(
        tuple(map(int, found.groups())) >= OLDEST_PYTHON,
        f"The image {image.reference} stands on Python {found[1]}.{found[2]}, which gets no security updates any more.",
        cloud=image.line("FROM"),
        next="Start from a newer base: FROM python:3.12-slim.",
    )


def hides_its_port(image: Image, port: str) -> None:
    """The port is not exposed."""
    exposed = sorted(image.settings.get("ExposedPorts") or {})
    expect(
        f"{port}/tcp" in exposed or port in exposed,
        f"The image {image.reference} exposes {', '.join(exposed) or 'no port'}; app.py serves on {port}.",
        next=f"Add EXPOSE {port} and build again.",
    )


def holds_a_secret(image: Image) -> None:
    """A layer, any layer, holds a file that looks like a secret."""
    for number, paths in enumerate(image.images.layer_paths(image.reference), 1):
        for path in paths:
            if _SECRET.search(path) and "site-packages" not in path and "/usr/" not in path:
                raise Failure(
                    f"Layer {number} of the image {image.reference} holds {path}: whoever pulls the image can read it.",
                    cloud=image.line("COPY") or image.line("ADD"),
                    next="Copy only what the API needs, or name the file in .dockerignore, and build again.",
                )


def built_image(images: Images, name: str, tag: str = "1", *, made_by: str = "") -> Image:
    """The learner's image of this name and tag. Raises Failure, naming what the engine holds, when there is none.

    `made_by` is what to do then, where an image is not made by a build of the learner's.
    """
    wanted, tags = f"{name}:{tag}", images.tags()
    failed = " · ".join(images.failed_build(wanted).splitlines())
    expect(
        wanted in tags,
        f"Your Docker engine holds no image {wanted}{': your last build of it failed' if failed else ''}.",
        cloud=failed or f"docker images: {', '.join(tags) or 'none'}",
        next=made_by
        or f"Build it with the tag {wanted}, and read what the build says: a step that fails leaves no image.",
    )
    return Image(images, wanted)
