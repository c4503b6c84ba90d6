"""Step 7: does each image meet its processor? One task of each kind is run in a fork."""

from dockyard.grading import Failure, check, expect
from dockyard.grading.blueprints import expect_an_image_from_ecr, label, last_words, pullable, tried
from dockyard.grading.finding import fargate_definitions

NEXT = (
    'The image for Arm goes with runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}; '
    "without runtimePlatform, Fargate takes x86."
)


@check
def starts_on_arm(world, values):
    """A blueprint for Arm starts: its image is yours, and was built for that processor."""
    started, line = first_running(world, values, "ARM64")
    expect(started, "No blueprint for Arm reaches RUNNING.", cloud=line, next=NEXT)
    expect_an_image_from_ecr(world, started)


@check(after=starts_on_arm)
def starts_on_x86(world, values):
    """Your blueprint for x86 still starts beside it."""
    started, line = first_running(world, values, "X86_64")
    expect(started, f"No blueprint {values['family']} for x86 reaches RUNNING any more.", cloud=line, next=NEXT)


@check(after=starts_on_arm)
def has_the_same_size(world, values):
    """The Arm one has 1 vCPU and 2 GB too, so that their prices can be compared."""
    arm, _ = first_running(world, values, "ARM64")
    size = (arm["cpu"], arm["memory"])
    expect(
        size == ("1024", "2048"),
        f"{label(arm)} has cpu {size[0]} and memory {size[1]}; the one for x86 has 1024 and 2048.",
        next="Change nothing but the image and the processor.",
    )


def first_running(world, values, processor):
    """The first blueprint for a processor that reaches RUNNING, and the last line of one that did not."""
    line, others = "", (f"{values['name']}-draft", f"{values['name']}-case-")
    pushed = pullable(world)
    # An image of somebody else's is looked at last: it must not hide that your own runs.
    known = sorted(fargate_definitions(world, values["family"]), key=lambda one: not runs_one_of(pushed, one))
    for one in known:
        if one["family"].startswith(others):
            continue
        fork = world.fork("run on a processor")
        try:
            task = tried(fork, one)
        except Failure as failure:
            line = failure.cloud
            continue
        if task["lastStatus"] != "RUNNING":
            line = f"{label(one)}: {last_words(fork, task)}"
        elif asked(one) == processor:
            return one, ""
    return None, line


def runs_one_of(images, definition):
    """Whether a container of a definition runs one of these images."""
    return any(one["image"] in images for one in definition["containerDefinitions"])


def asked(definition):
    """The processor a definition asks for."""
    return (definition.get("runtimePlatform") or {}).get("cpuArchitecture") or "X86_64"
