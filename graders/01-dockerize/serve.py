"""Step 4: is app.py the API? A container with it is asked three good and two malformed questions."""

from dockyard.grading import check
from dockyard.grading.credit_api import answers_wrongly, cannot_be_reached, ends_by_itself
from dockyard.grading.image import Image
from dockyard.grading.image_faults import built_image


@check
def is_tried(world, _values):
    """Your Docker engine holds the image try:1, made of your app.py."""
    built_image(world.images, "try")


@check(after=is_tried)
def runs(world, values):
    """app.py starts and serves."""
    image = Image(world.images, "try:1")
    ends_by_itself(image, values["port"])
    cannot_be_reached(image, values["port"])


@check(after=runs)
def answers(world, values):
    """/health, /predict and /proba answer rightly, and 400 where the request is wrong."""
    answers_wrongly(Image(world.images, "try:1"), values["port"])
