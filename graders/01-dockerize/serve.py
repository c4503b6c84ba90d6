"""Step 4: is app.py the API? A container with it is asked good and malformed questions."""

from contextlib import contextmanager

from dockyard.grading import Failure, check
from dockyard.grading.credit_api import answers_wrongly, cannot_be_reached, ends_by_itself
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
    with made_anew():
        answers_wrongly(Image(world.images, "try:1"), values["port"])


@contextmanager
def made_anew():
    """What is to be done ends with a new try:1: an image does not change when app.py does."""
    try:
        yield
    except Failure as failure:
        cure = failure.next.removesuffix(", and build again.").removesuffix(".")
        again = f'{cure}. Then make try:1 anew, also if you have mended app.py since: try_app(values["port"]).'
        raise Failure(failure.seen, cloud=failure.cloud, next=again) from None
