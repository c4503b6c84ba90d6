"""Step 9: a container is told to stop, as docker stop does it. Does it end, and how?"""

from dockyard.grading import check, expect
from dockyard.grading.credit_api import error_line, exercised, is_the_api
from dockyard.grading.image import SHELLS
from dockyard.grading.image_faults import built_image, lacks_a_package, lacks_the_app, lacks_the_model

#: It ended because it was told to: by itself, or by the signal (128 + 15, 128 + 2).
WELL = (0, 143, 130)


@check
def is_still_the_api(world, values):
    """A container of {image}:1 still answers as the API."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)
    lacks_a_package(image, ("flask", "scikit-learn"))
    is_the_api(image, values["port"])


@check(after=is_still_the_api)
def ends_when_told(world, values):
    """A running container ends at its stop signal; it need not be killed."""
    image = built_image(world.images, values["image"])
    if exercised(image, values["port"], stop=True).stop_code is not None:
        return
    signal, command = image.settings.get("StopSignal") or "SIGTERM", image.command
    expect(
        command[0].rpartition("/")[2] not in SHELLS,
        f"A container of {image.reference} starts a shell, which starts app.py: the shell gets {signal} and drops it.",
        cloud=f"{signal} sent; still running, until docker stop kills it: 137",
        next='Write the command as a list: CMD ["python", "app.py"].',
    )
    source = image.text(image.program())
    expect(
        "signal.signal(" not in source,
        f"A container of {image.reference} got {signal}, and {image.program()}, which says what to do then, went on.",
        cloud=f"{signal} sent; still running, until docker stop kills it: 137",
        next="Let the handler end the program: sys.exit(0). SIG_IGN means: take no notice.",
    )
    expect(
        False,
        f"A container of {image.reference} got {signal} and went on: {image.program()} does not handle it.",
        cloud=f"{signal} sent; still running, until docker stop kills it: 137",
        next="In app.py: signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)). Build again.",
    )


@check(after=ends_when_told)
def ends_well(world, values):
    """It ends with exit code 0, or by the signal itself."""
    image = built_image(world.images, values["image"])
    did = exercised(image, values["port"], stop=True)
    expect(
        did.stop_code in WELL,
        f"At its stop signal a container of {image.reference} ended with exit code {did.stop_code}.",
        cloud=error_line(did),
        next="A handler gets two arguments, and ends the program with sys.exit(0).",
    )
