"""Step 11: what a colleague loaded is run and asked: is it the same image, and is the drift gone?"""

from dockyard.grading import check, expect
from dockyard.grading.credit_api import exercised, is_the_api
from dockyard.grading.image import Image
from dockyard.grading.image_faults import built_image


@check
def is_loaded(world, values):
    """Your colleague's engine holds what you handed over: colleague:1."""
    how = f"Save {values['image']}:1 to a file, and give it away: hand_to_colleague(file)."
    refused = world.images.refused_load()
    expect(
        not refused or "colleague:1" in world.images.tags(),
        "Your colleague's engine cannot load what you handed over: that file holds no image.",
        cloud=refused,
        next=f"engine.images.get(…).save(named=True) gives an image, a container's export() does not. {how}",
    )
    built_image(world.images, "colleague", made_by=how)


@check(after=is_loaded)
def is_the_same(world, values):
    """It is your image {image}:1, and no other."""
    theirs, own = Image(world.images, "colleague:1"), built_image(world.images, values["image"])
    mine, loaded = (world.images.configuration(one.reference) for one in (own, theirs))
    expect(
        mine == loaded,
        f"Your colleague loaded another image than your {own.reference}.",
        cloud=f"there it starts {theirs.command}, here {own.command}; its last line is {theirs.lines()[-1]}",
        next=f"Save {own.reference} as it is now, and let your colleague load that file.",
    )


@check(after=is_the_same)
def answers_alike(world, values):
    """There it answers as here, /proba too: the drift is cured."""
    theirs, own = Image(world.images, "colleague:1"), built_image(world.images, values["image"])
    is_the_api(theirs, values["port"])
    here, there = (exercised(one, values["port"]).answers for one in (own, theirs))
    expect(here == there, "Your colleague gets other answers than you do.", next="Save and load it again.")
