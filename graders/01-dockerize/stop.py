"""Step 6: does SIGTERM reach app.py, and does app.py end when it comes? Command and program are read, not run."""

import ast
import re

from dockyard.grading import check, expect
from dockyard.grading.image import SHELLS
from dockyard.grading.image_faults import built_image, lacks_the_app, lacks_the_model

#: First processes that pass a signal on, and end when their child does.
INITS = ("tini", "dumb-init")
#: Servers that end when SIGTERM comes.
SERVERS = ("gunicorn", "uvicorn", "hypercorn")
#: A handler with one of these words ends the program, or its server.
ENDS = ("exit", "raise", "shutdown", "stop", "close", "interrupt", "kill")


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
    behind_a_shell = command[0].rpartition("/")[2] in SHELLS and not any(
        re.match(r"\s*exec\s", word) for word in command[1:]
    )
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
    if names & {*INITS, *SERVERS} or image.settings.get("StopSignal", "") in ("SIGINT", "2", "INT"):
        return
    handler = handler_of(image.text(image.program()))
    expect(
        handler,
        f"{image.program()} in the image {image.reference} does not handle SIGTERM: docker stop waits 10 seconds "
        "and kills it.",
        cloud="Exited (137)",
        next="In app.py: signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)). Build again.",
    )
    expect(
        any(word in handler for word in ENDS),
        f"{image.program()} in the image {image.reference} hears SIGTERM, and does not end.",
        cloud=handler,
        next="Let the handler end the program: sys.exit(0).",
    )


def handler_of(source):
    """The text of what a program does when SIGTERM comes; "" where it sets no handler."""
    tree = ast.parse(source)
    functions = {one.name: ast.unparse(one) for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("signal", "signal_handler")):
            what, handler = (ast.unparse(one) for one in (*node.args, node)[:2])
            if "SIGTERM" in what and len(node.args) > 1 and "SIG_" not in handler:
                return functions.get(handler, handler)
    return ""
