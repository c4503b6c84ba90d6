"""Step 3: what does a container share with its machine? The finding is held against what a container reports."""

import re

from dockyard.grading import check, expect
from dockyard.grading.handed_in import handed_in
from dockyard.grading.image_faults import built_image
from dockyard.grading.production import BUILT, COMMANDS, production

#: Words that say whose kernel it is: the system that they name is not handed in.
SYSTEMS_KERNEL = re.compile(r"system['’]?s?\s+kernel|kernel of the (host |operating )*system")

#: What a container has of its own.
OWN = ("system", "user", "package", "file", "folder", "process", "network", "python")
#: What a virtual machine does not have of its own either.
HARDWARE = re.compile(r"\b(cpus?|gpus?|processors?|cores?|memory|ram|disks?|hardware)\b")


@check
def production_is_here(world, _values):
    """Your Docker engine holds the image production:1."""
    built_image(world.images, "production", made_by=BUILT)


@check(after=production_is_here)
def reports_what_the_container_does(world, values):
    """Your finding is what a container of it reports: kernel, system, user, version of scikit-learn."""
    told = handed_in(world.images, "inside", tuple(COMMANDS))
    did = production(world.images, values["port"])
    for (name, command), done in zip(COMMANDS.items(), did.done, strict=True):
        expect(
            told[name] == done.text.strip(),
            f"You found {name}: {told[name]}. A container of production:1 reports something else.",
            cloud=f"docker exec … {command[0]}: {done.text.strip()}",
            next="Ask in the container, not on your laptop: inside(…) runs a command there. Hand its answers in by "
            "code: what you type fits one machine only.",
        )


@check(after=reports_what_the_container_does)
def names_what_is_shared(world, _values):
    """Your finding names the one thing that a virtual machine has of its own, and the container has not."""
    (said,) = handed_in(world.images, "inside", ("shared",)).values()
    wrong = objection(SYSTEMS_KERNEL.sub("kernel", said.lower()))
    expect(
        not wrong,
        f"You say that what the container shares is {said!r}: {wrong}.",
        cloud="docker exec … uname -r: the same as on your laptop",
        next="Which of the four answers is the same on both sides, whatever the image? Name that one alone.",
    )


def objection(what):
    """What is wrong with an answer; "" where it names the kernel, and nothing that the container has of its own."""
    kernel, without_hardware = "kernel" in what, HARDWARE.sub("", what)
    if any(own in without_hardware for own in OWN):
        return "of the rest it has its own" if kernel else "of that it has its own"
    if kernel:
        return ""
    if without_hardware != what:
        return "a virtual machine shares that, too"
    return "that is none of the four answers"
