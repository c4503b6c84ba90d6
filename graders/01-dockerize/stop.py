"""Step 6: does SIGTERM reach app.py, and does app.py end when it comes? Command and program are read, not run."""

import ast
import re

from dockyard.grading import check, expect
from dockyard.grading.image_faults import built_image, lacks_the_app, lacks_the_model

SHELLS = ("sh", "bash", "dash", "/bin/sh", "/bin/bash", "/bin/dash")
#: First processes that pass a signal on, and end when their child does.
INITS = ("tini", "dumb-init")
#: Servers that end when SIGTERM comes.
SERVERS = ("gunicorn", "uvicorn", "hypercorn")


@check
def is_still_the_api(world, values):
    """The image {image}:1 still starts app.py, with its model."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)


@check(after=is_still_the_api)
def gets_the_signal(world, values):
    """The signal reaches the program itself, not a shell around it."""
    image = built_image(world.images, values["image"])
    command = image.command
    behind_a_shell = command[0] in SHELLS and not any(re.match(r"\s*exec\s", word) for word in command[1:])
    expect(
        not behind_a_shell,
        f"A container of {image.reference} starts a shell, which starts app.py: the shell gets SIGTERM and drops it.",
        cloud=str(command),
        next='Write the command as a list: CMD ["python", "app.py"].',
    )


@check(after=gets_the_signal)
def ends_when_it_comes(world, values):
    """The program ends when SIGTERM comes: without a handler, the first process of a container ignores it."""
    image = built_image(world.images, values["image"])
    names = {word.rpartition("/")[2] for word in image.words()}
    by_itself = names & {*INITS, *SERVERS} or image.settings.get("StopSignal", "") in ("SIGINT", "2", "INT")
    expect(
        by_itself or handles_sigterm(image.text(image.program())),
        f"{image.program()} in the image {image.reference} does not handle SIGTERM: docker stop waits 10 seconds "
        "and kills it.",
        cloud="Exited (137)",
        next="In app.py: signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)). Build again.",
    )


def handles_sigterm(source):
    """Whether a program sets a handler for SIGTERM that is one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("signal", "signal_handler")) and node.args:
            handler = ast.unparse(node.args[1]) if len(node.args) > 1 else ""
            if "SIGTERM" in ast.unparse(node.args[0]) and handler and "SIG_" not in handler:
                return True
    return False
