"""Step 4: what really runs? The learner's finding is held against the log of a task that the check runs in a fork."""

import re

from dockyard.grading import attempt, check, expect
from dockyard.grading.blueprints import label, last_words, revisions, tag_of, tried

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
KEY = "runs"


@check
def has_run(world, values):
    """A task of your blueprint has run, and its log tells of it."""
    known = revisions(world, values["family"])
    expect(known, f"There is no blueprint {values['family']}.", next="The step before this one registers it.")
    group = log_group(known[0])
    expect(group, f"{label(known[0])} sends its log nowhere.", next="The step before this one says how.")
    with attempt(f"The log group {group} could not be read.", next="The step before this one creates it."):
        streams = world.client("logs").describe_log_streams(logGroupName=group)["logStreams"]
    expect(
        streams, f"The log group {group} is empty: no task has written there.", next="Run one task: ecs.run_task(…)."
    )


@check(after=has_run)
def goes_on(world, values):
    """A minute after its start a task of it still runs."""
    definition, fork = revisions(world, values["family"])[0], world.fork("a minute")
    task = tried(fork, definition)
    fork.advance(60)
    told = fork.client("ecs").describe_tasks(cluster=task["clusterArn"], tasks=[task["taskArn"]])["tasks"][0]
    expect(
        told["lastStatus"] == "RUNNING",
        f"A task of {label(definition)} ended by itself.",
        cloud=last_words(fork, told),
        next="Leave command and entryPoint out: the image says what it starts.",
    )


@check(after=has_run)
def the_digest_is_handed_in(world, values):
    """The tag `runs` of your blueprint is the digest that its container really started from."""
    told = [(one, tag_of(world, one, KEY)) for one in revisions(world, values["family"])]
    told = [(one, said) for one, said in told if said]
    expect(
        told,
        f"No revision of {values['family']} has a tag named {KEY}.",
        cloud=tags_line(world, values),
        next='ecs.tag_resource(resourceArn=…, tags=[{"key": "runs", "value": digest}])',
    )
    definition, said = told[0]
    line, digest = printed(world, definition)
    expect(
        DIGEST.fullmatch(said) or not said.startswith("sha256:"),
        f"The tag says {said!r}: that is a part of a digest. A whole one has 64 digits behind sha256: .",
        cloud=line,
        next="Take the whole of imageDigest; in the log it is all that stands behind the @.",
    )
    expect(
        DIGEST.fullmatch(said),
        f"The tag says {said!r}: that is a name somebody gave, not what ran. A digest begins with sha256: .",
        cloud=line,
        next="Take imageDigest of the task's container; in the log it is the part from sha256: on.",
    )
    expect(
        said == digest,
        f"The tag of {label(definition)} says {said[:19]}…; its container started from something else.",
        cloud=line,
        next="Take imageDigest of the task's container; the id that `docker images` shows is its configuration's.",
    )


def tags_line(world, values):
    """The tags that the newest blueprint has, in a line."""
    arn = revisions(world, values["family"])[0]["taskDefinitionArn"]
    told = world.client("ecs").list_tags_for_resource(resourceArn=arn)["tags"]
    return f"tags of {arn.rpartition('/')[2]}: {', '.join(one['key'] for one in told) or 'none'}"


def printed(world, definition):
    """The line that a new task of the definition writes in a fork, and the digest in it."""
    group = log_group(definition)
    expect(group, f"{label(definition)} sends its log nowhere.", next="Tag the revision whose task you ran.")
    fork = world.fork("read what it prints")
    since = int(fork.now() * 1000)
    tried(fork, definition)
    fork.advance(60)
    found = fork.client("logs").filter_log_events(logGroupName=group, startTime=since)["events"]
    expect(found, f"A task of {label(definition)} ran and wrote nothing.", next="Look at its logConfiguration.")
    lines = [one["message"] for one in found if DIGEST.search(one["message"])]
    expect(lines, f"{label(definition)} prints no digest.", cloud=found[0]["message"], next="Run an image of ECR.")
    return lines[0], DIGEST.search(lines[0])[0]


def log_group(definition):
    """Where a definition's container writes, "" where it writes nowhere."""
    log = definition["containerDefinitions"][0].get("logConfiguration") or {}
    return (log.get("options") or {}).get("awslogs-group", "")
