"""Step 4: is app.py the API? A container with it is asked good and malformed questions."""

import re
from contextlib import contextmanager

from dockyard.grading import Failure, check
from dockyard.grading.credit_api import answers_wrongly, cannot_be_reached, ends_by_itself, exercised
from dockyard.grading.image import Image
from dockyard.grading.image_faults import built_image


@check
def is_tried(world, _values):
    """Your Docker engine holds the image try:1, with app.py as it was when you made it."""
    built_image(world.images, "try", made_by='Make it of your app.py: try_app(values["port"]).')


@check(after=is_tried)
def runs(world, values):
    """app.py starts and serves."""
    image = Image(world.images, "try:1")
    with made_anew():
        ends_by_itself(image, values["port"])
        cannot_be_reached(image, values["port"])


@check(after=runs)
def answers(world, values):
    """/health, /predict and /proba answer rightly, and 400 where the request is wrong."""
    image = Image(world.images, "try:1")
    with made_anew(), seen_closely(image, values["port"]):
        answers_wrongly(image, values["port"])


@contextmanager
def made_anew():
    """What is to be done ends with a new try:1: an image does not change when app.py does."""
    try:
        yield
    except Failure as failure:
        cure = failure.next.removesuffix(", and build again.").removesuffix(".")
        again = f'{cure}. Then make try:1 anew, also if you have mended app.py since: try_app(values["port"]).'
        raise Failure(failure.seen, cloud=failure.cloud, next=again) from None


@contextmanager
def seen_closely(image, port):
    """What to do about a malformed request depends on who answered it: the model, or app.py with a number made up."""
    try:
        yield
    except Failure as failure:
        cure = refuse(failure, exercised(image, port)) or failure.next
        raise Failure(failure.seen, cloud=failure.cloud, next=cure) from None


def refuse(failure, did):
    """What to do where a malformed request came as far as the model; "" where it did not."""
    status = re.search(r" answers (\d+), and 400 is what says", failure.seen)
    if status and status[1] == "200" and re.search(r'"(approved|repaid)"', failure.cloud):
        return "A number is missing, or is none, and yet you answered: do not put a default in its place. Answer 400."
    if status and status[1] == "500" and ended_in_the_model(did.lines):
        return (
            "read_application answered None, or numbers that are not all there; test for it before you ask the model, "
            "and answer 400."
        )
    return ""


def ended_in_the_model(lines):
    """Whether the latest error of a log came out of scikit-learn."""
    first = max((at for at, line in enumerate(lines) if line.startswith("Traceback ")), default=0)
    return any("/sklearn/" in line for line in lines[first:])
