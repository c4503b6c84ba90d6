"""Step 10: a container is told to stop while it answers a request, as docker stop does it. Does it end, and how?"""

import re
import signal

from dockyard.grading import Ask, Failure, InHand, Wish, check, expect
from dockyard.grading.credit_api import error_line, is_the_api
from dockyard.grading.image import SHELLS
from dockyard.grading.image_faults import built_image, lacks_a_package, lacks_the_app, lacks_the_model
from dockyard.grading.last_build import as_built
from dockyard.grading.slow_model import THINKS, slow_model

#: It ended because it was told to: by itself, or by the signal (128 + 15, 128 + 2).
WELL = (0, 143, 130)
#: What to do where a request is lost.
WAITS = (
    "In app.py: from werkzeug.serving import ThreadedWSGIServer, and ThreadedWSGIServer.daemon_threads = False: then "
    "its end waits for what is in hand. Or let gunicorn serve: it waits by itself."
)
AT_ONCE = "os._exit ends the process at once, whatever it waits for: let the handler call sys.exit(0)."
APPLICATION = {"income": 2.0, "debt": -0.5, "age": 0.5, "late_payments": -1.0}


@check
@as_built
def holds_the_api(world, values):
    """The image {image}:1 still holds app.py, its model and the packages."""
    image = built_image(world.images, values["image"])
    lacks_the_app(image)
    lacks_the_model(image)
    lacks_a_package(image, ("flask", "scikit-learn"))


@check(after=holds_the_api)
@as_built
def ends_when_told(world, values):
    """A running container ends at its stop signal; it need not be killed."""
    image = built_image(world.images, values["image"])
    did = stopped_at_work(image, values["port"])
    if did.exit_code is not None:
        is_the_api(image, values["port"])
        expect(
            False,
            f"With a slow model in the place of model.pkl a container of {image.reference} ends by itself.",
            cloud=error_line(did),
            next="Let app.py load the model and ask it predict and predict_proba, as it was given.",
        )
    if did.stop_code is not None:
        return
    seen, cure = why_it_goes_on(image, values["port"])
    raise Failure(seen, cloud=f"{stop_signal(image)} sent; still running, until docker stop kills it: 137", next=cure)


@check(after=ends_when_told)
@as_built
def ends_well(world, values):
    """It ends with exit code 0, or by the signal itself."""
    image = built_image(world.images, values["image"])
    did = stopped_at_work(image, values["port"])
    expect(
        did.stop_code in WELL,
        f"At its stop signal a container of {image.reference} ended with exit code {did.stop_code}.",
        cloud=error_line(did),
        next="A handler gets two arguments, and ends the program with sys.exit(0).",
    )


@check(after=ends_well)
@as_built
def loses_no_request(world, values):
    """The request that it works on when the signal comes is answered first."""
    image = built_image(world.images, values["image"])
    did = stopped_at_work(image, values["port"])
    if did.in_hand.status != 200:
        is_the_api(image, values["port"])  # who cannot be reached loses nothing
    expect(
        did.in_hand.status,
        f"A container of {image.reference} ended with exit code {did.stop_code}, and lost the request that it was "
        "answering.",
        cloud=f"POST /predict came, then {stop_signal(image)}; the connection closed without an answer",
        next=f"{AT_ONCE} {WAITS}" if re.search(r"\b_exit\(", image.text(image.program() or "")) else WAITS,
    )
    expect(
        did.in_hand.status == 200,
        f"POST /predict of {image.reference} with a slow model in the place of model.pkl answers {did.in_hand.status}.",
        cloud=error_line(did),
        next="Let app.py ask the model predict and predict_proba, as it was given.",
    )


@check(after=loses_no_request)
@as_built
def is_still_the_api(world, values):
    """A container of {image}:1 still answers as the API."""
    is_the_api(built_image(world.images, values["image"]), values["port"])


def why_it_goes_on(image, port):
    """What keeps a container from ending at its stop signal, and what to do."""
    sent, program = stop_signal(image), image.program()
    of_it = f"A container of {image.reference}"
    if image.command[0].rpartition("/")[2] in SHELLS:
        seen = f"{of_it} starts a shell, which starts app.py: the shell gets {sent} and drops it."
        return seen, 'Write the command as a list: CMD ["python", "app.py"].'
    if "signal.signal(" not in image.text(program):
        cure = "In app.py: signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)). Build again."
        return f"{of_it} got {sent} and went on: {program} does not handle it.", cure
    if not is_expected(image, port, sent):
        cure = f"app.run does not return, so nothing below it is carried out. Set the handler of {sent} above it."
        seen = f"{of_it} got {sent} and went on: {program} sets a handler, and none for {sent} was set when it came."
        return seen, cure
    cure = "Let the handler end the program: sys.exit(0). SIG_IGN means: take no notice."
    return f"{of_it} got {sent}, and {program}, which says what to do then, went on.", cure


def is_expected(image, port, name):
    """Whether a process of a container that serves catches or ignores the signal: the kernel keeps a mask of each."""
    looked = Wish(int(port), commands=(("sh", "-c", "grep -hE '^Sig(Cgt|Ign)' /proc/[0-9]*/status"),))
    masks = "\n".join(one.text for one in image.images.exercise(image.reference, looked).done)
    bit = 1 << getattr(signal, name, signal.SIGTERM) - 1
    told = re.findall(r"^Sig\w+:\s*([0-9a-f]+)$", masks, re.MULTILINE)
    return not told or any(int(one, 16) & bit for one in told)


def stopped_at_work(image, port):
    """What a container does that is told to end while it answers a request: its model is one that takes its time."""
    slow = tuple((path, slow_model()) for path in sorted(image.paths) if path.endswith("model.pkl"))
    asked = InHand(Ask("/predict", APPLICATION), THINKS)
    return image.images.exercise(image.reference, Wish(int(port), stop=True, files=slow, in_hand=asked))


def stop_signal(image):
    """The signal that docker stop sends."""
    return image.settings.get("StopSignal") or "SIGTERM"
