"""Step 7: does each image meet its processor, and at what price? One task of each kind is run in a fork."""

import re

from dockyard.grading import Failure, check, expect
from dockyard.grading.blueprints import expect_an_image_from_ecr, label, last_words, pullable, tag_of, tried
from dockyard.grading.finding import fargate_definitions

NEXT = (
    'The image for Arm goes with runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}; '
    "without runtimePlatform, Fargate takes x86."
)
#: Dollars an hour for a vCPU and for a GB, us-east-1: https://aws.amazon.com/fargate/pricing/
ARM, X86 = (0.03238, 0.00356), (0.04048, 0.004445)
HOURS, KEY, ROUNDED = 730, "month", 0.02


@check
def starts_on_arm(world, values):
    """A blueprint for Arm starts: its image is yours, and was built for that processor."""
    started, line = first_running(world, values, "ARM64")
    expect(started, "No blueprint for Arm reaches RUNNING.", cloud=line, next=another_image(world, values) or NEXT)
    expect_an_image_from_ecr(world, started)


def another_image(world, values):
    """What to do where a blueprint asks for Arm, with the image that was built for x86; "" where none does."""
    wanted = [one for one in fargate_definitions(world, values["family"]) if asked(one) == "ARM64"]
    images = [one["image"] for definition in wanted for one in definition["containerDefinitions"]]
    meant = next((one for one in images if one in pullable(world, "1.0")), "")
    return f"It asks for Arm, and its image {meant} was built for x86: take the tag 1.0-arm64." if meant else ""


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


@check(after=has_the_same_size)
def its_month_is_estimated(world, values):
    """Its tag `month` says what a month of one such task costs, in dollars."""
    arm, _ = first_running(world, values, "ARM64")
    said = tag_of(world, arm, KEY)
    expect(
        said,
        f"{label(arm)} has no tag named {KEY}.",
        next='ecs.tag_resource(resourceArn=…, tags=[{"key": "month", "value": "…"}]): dollars for 730 hours.',
    )
    number = re.search(r"\d+(?:\.\d+)?", said.replace(",", "."))
    expect(number, f"The tag {KEY} says {said!r}: that is no number of dollars.", next="Write it as a number: 12.34.")
    expect(
        near(float(number[0]), cost(ARM)),
        f"The tag {KEY} says {said}: {slip(float(number[0]))}.",
        cloud=f"{KEY}: {said}",
        next="730 hours × (1 vCPU × its price + 2 GB × its price), at the prices of Arm.",
    )


def cost(prices, vcpus=1, gigabytes=2, hours=HOURS):
    """Dollars for so many hours of a task of a size."""
    return hours * (vcpus * prices[0] + gigabytes * prices[1])


def slip(dollars):
    """What a wrong estimate counts."""
    counted = {
        cost(X86): "that is the one for x86",
        cost(ARM, gigabytes=0): "that is the vCPU alone; its memory costs, too",
        cost(ARM, gigabytes=1): "that is with 1 GB; the task has 2",
        cost(ARM, hours=1): "that is an hour",
        cost(ARM, hours=24): "that is a day",
    }
    return next((told for one, told in counted.items() if near(dollars, one)), "that is not what 730 hours of it cost")


def near(number, wanted):
    """Whether two numbers are the same but for rounding on the way."""
    return abs(number - wanted) <= ROUNDED * wanted


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
