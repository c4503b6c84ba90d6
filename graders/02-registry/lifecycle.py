"""Step 5: 60 days and 40 pushes later, in a fork: what is left, and does production still start?"""

import json

from dockyard.grading import check, expect
from dockyard.grading.registry import image_tagged, manifest_of, pulls, put_variant, repository_named

DAY = 86400.0
DAYS, PUSHES = 60, 40


@check
def keeps_production(world, values):
    """Two months later a task of 1.0 still starts."""
    uri = repository_named(world, values["repository"])["repositoryUri"]
    image_tagged(world, values["repository"], "1.0")
    policy(world, values)
    fork = two_months_later(world, values)
    left = tags(fork, values)
    expect(
        "1.0" in left,
        f"{DAYS} days and {PUSHES} pushes later the image in production is gone: the next task cannot start.",
        cloud=next(iter(fork.why("expired image")), f"tags left: {', '.join(left)}"),
        next="Let the rule select the pipeline's images only: tagStatus tagged, tagPrefixList ['build-'].",
    )
    pulls(fork, f"{uri}:1.0")


@check(after=keeps_production)
def bounds_the_builds(world, values):
    """Two months later at most {keep} of the pipeline's images are left, and the newest is among them."""
    left = [one for one in tags(two_months_later(world, values), values) if one.startswith("build-")]
    most = int(values["keep"])
    later = f"{DAYS} days and {PUSHES} pushes later"
    all_left = f"{later} all {PUSHES} of the pipeline's images are left: no rule selects them."
    expect(
        not untagged_only(policy(world, values)),
        all_left,
        cloud=policy(world, values),
        next="tagStatus untagged selects images that have no tag: those with one stay for ever. Select tagged ones.",
    )
    starred = [one for each in selections(policy(world, values)) for one in each.get("tagPrefixList", []) if "*" in one]
    expect(
        len(left) < PUSHES or not starred,
        all_left,
        cloud=policy(world, values),
        next=f"In tagPrefixList a star is a letter like any other, and no tag begins with {', '.join(starred)}. "
        "A prefix needs none; tagPatternList takes stars.",
    )
    expect(
        len(left) < PUSHES or not counts(policy(world, values), most),
        all_left,
        cloud=policy(world, values),
        next="It keeps the right number of what it selects. Whose tags fit its tagPrefixList or tagPatternList: the "
        "pipeline's are called build-1, build-2 and so on; 1.0 is production's. An image needs a tag for each entry of "
        "the list.",
    )
    expect(
        len(left) <= most,
        f"{later} {len(left)} of the pipeline's images are left, not at most {most}.",
        cloud=policy(world, values),
        next=f"imageCountMoreThan with countNumber {most} keeps the newest {most} of what the rule selects.",
    )
    expect(
        f"build-{PUSHES}" in left,
        f"The pipeline's newest image, build-{PUSHES}, was expired within days of its push.",
        cloud=policy(world, values),
        next="Count images (imageCountMoreThan), so that the newest stay.",
    )


def selections(text):
    """What each rule of the policy selects."""
    return [one["selection"] for one in json.loads(text)["rules"]]


def untagged_only(text):
    """Whether every rule of the policy selects images without a tag."""
    return all(one["tagStatus"] == "untagged" for one in selections(text))


def counts(text, most):
    """Whether a rule of the policy keeps at most so many of what it selects."""
    counted = [one for one in selections(text) if one["countType"] == "imageCountMoreThan"]
    return any(one["countNumber"] <= most for one in counted)


def two_months_later(world, values):
    """A fork in which the pipeline went on pushing."""
    fork, name = world.fork("two months"), values["repository"]
    manifest = manifest_of(world, name, image_tagged(world, name, "1.0")["imageDigest"])
    for number in range(1, PUSHES + 1):
        fork.advance(DAYS * DAY / PUSHES)
        put_variant(fork, name, manifest, f"build-{number}")
    fork.advance(2 * DAY)
    return fork


def tags(fork, values):
    """Every tag in the repository, sorted."""
    pages = fork.client("ecr").get_paginator("describe_images").paginate(repositoryName=values["repository"])
    return sorted(tag for page in pages for one in page["imageDetails"] for tag in one.get("imageTags", []))


def policy(world, values):
    """The policy's text; refuses a repository that has none."""
    ecr = world.client("ecr")
    try:
        return ecr.get_lifecycle_policy(repositoryName=values["repository"])["lifecyclePolicyText"]
    except ecr.exceptions.LifecyclePolicyNotFoundException as missing:
        refusals = world.refusals("ecr", "PutLifecyclePolicy", standing=True)
        expect(
            False,
            f"The repository {values['repository']} has no lifecycle policy.",
            cloud=next(iter(refusals), str(missing)),
            next="ecr.put_lifecycle_policy(repositoryName=…, lifecyclePolicyText=json.dumps({'rules': […]}))",
        )
