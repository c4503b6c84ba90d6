"""Step 6: what did each die of? Patient and repaired copy run in a fork; the cloud's own words say what is right."""

from dockyard.grading import Failure, check, expect
from dockyard.grading.blueprints import label, last_words, pullable, revisions, tag_of, tried
from dockyard.grading.experiments import definition_again

#: a part of the line that a task stopped with → the cause that the learner may choose
CAUSES = (
    ("exec format error", "processor"),
    ("log group does not exist", "log group"),
    ("i/o timeout", "way out"),
    ("not authorized", "rights"),
    ("403 Forbidden", "rights"),
    ("not found", "image name"),
)
CHOICES = ("image name", "rights", "log group", "processor", "way out", "trust")
CASES = range(1, 5)
#: The cause → the member of a blueprint that it lies in.
CURED = {
    "image name": "image",
    "rights": "executionRoleArn",
    "log group": "awslogs-group",
    "processor": "runtimePlatform",
}


@check
def are_laid_out(world, values):
    """The four patients lie in the morgue."""
    for case in CASES:
        expect(
            patient(world, values, case),
            f"There is no patient {family(values, case)}.",
            next="Register your blueprint (step 3), then run the given cell that lays out the patients.",
        )


@check(after=are_laid_out)
def the_causes_are_right(world, values):
    """Each patient's tag `cause` says what a task of it really dies of."""
    fork = world.fork("run the patients")
    for case in CASES:
        died = patient(world, values, case)
        said = tag_of(world, died, "cause").lower()
        expect(
            said,
            f"{label(died)} has no tag named cause.",
            next="Read its stoppedReason, then tag it: causes[…] = one of " + ", ".join(CHOICES) + ".",
        )
        expect(said in CHOICES, f"{said!r} is none of the six causes.", next=f"Choose one of {', '.join(CHOICES)}.")
        reason = reason_of(fork, died, groups_of(*revisions(world, values["family"])))
        expect(
            said == cause(reason),
            f"You say {label(died)} died of {said!r}. A task of it was run, and told another story.",
            cloud=reason,
            next="Read the line to its end: the last words say what was missing. " + misread(said),
        )


@check(after=the_causes_are_right)
def the_copies_run(world, values):
    """The newest revision of each reaches RUNNING."""
    fork = world.fork("run the copies")
    for case in CASES:
        copy = newest(world, values, case)
        task = tried(fork, copy)
        expect(
            task["lastStatus"] == "RUNNING",
            f"A task of {label(copy)} still stops before it is RUNNING.",
            cloud=last_words(fork, task),
            next=f"Print blueprint(cases[{case - 1}]) beside blueprint(): one thing differs. Put it right in a copy, "
            "and register that as the next revision of the same family.",
        )


@check(after=the_copies_run)
def the_copies_are_still_yours(world, values):
    """Each copy still runs your image, and its log can still be read."""
    pushed = pullable(world)
    for case in CASES:
        copy = newest(world, values, case)
        (container, *_) = copy["containerDefinitions"]
        expect(
            container["image"] in pushed,
            f"{label(copy)} runs {container['image']}: it lives, but it is not your API any more.",
            next="Keep everything but what killed it; the image comes from your repository.",
        )
        expect(
            (container.get("logConfiguration") or {}).get("logDriver") == "awslogs",
            f"{label(copy)} has no log any more: the next time it dies, nobody can read why.",
            next="Keep its logConfiguration, and let it name a log group that exists.",
        )


@check(after=the_copies_are_still_yours)
def only_what_killed_it_is_changed(world, values):
    """Each copy differs from its patient in what killed it, and in nothing else."""
    for case in CASES:
        died, copy = patient(world, values, case), newest(world, values, case)
        expect(
            copy["revision"] > died["revision"],
            f"{label(died)} has no repaired copy. It runs now because something around it was changed.",
            next="Take back what you made for it, and register a copy in which the blueprint itself is right.",
        )
        killer = CURED[tag_of(world, died, "cause").lower()]
        changed = list(changes(died, copy))
        expect(
            any(killer in where.split(".") for where, _ in changed),
            f"{label(copy)} says of {killer} what {label(died)} says: it runs because something around it was changed.",
            cloud="; ".join(told for _, told in changed) or f"{label(copy)} and {label(died)} say the same",
            next=f"Take back what you made for it, and put {killer} right in a copy of {label(died)}.",
        )
        more = [told for where, told in changed if killer not in where.split(".")]
        expect(
            not more,
            f"{label(copy)} runs, and more than what killed {label(died)} is changed in it: nobody knows which it was.",
            cloud="; ".join(more),
            next=f"Begin from the patient, blueprint({label(died)!r}), change what killed it, and register that.",
        )


def family(values, case):
    """A patient's family."""
    return f"{values['name']}-case-{case}"


def patient(world, values, case):
    """Revision 1 of the family, ACTIVE or not, or None."""
    ecs = world.client("ecs")
    try:
        return ecs.describe_task_definition(taskDefinition=f"{family(values, case)}:1")["taskDefinition"]
    except ecs.exceptions.ClientException:
        return None


def newest(world, values, case):
    """The newest ACTIVE revision of a patient's family."""
    known = revisions(world, family(values, case))
    expect(
        known,
        f"{family(values, case)} has no ACTIVE revision any more.",
        next="Register the repaired copy under this family.",
    )
    return known[0]


def changes(old, new):
    """What differs between two definitions: (the way to it, `its name: before → after`)."""
    before, after = (dict(leaves(definition_again(one))) for one in (old, new))
    for where in sorted({*before, *after}):
        was, now = before.get(where, "nothing"), after.get(where, "nothing")
        if was != now:
            yield where, f"{where.rpartition('.')[2]}: {was} → {now}"


def leaves(value, where=""):
    """Each value inside a value with the way to it, such as ("containerDefinitions.0.image", "…")."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inside is None:
        yield where, value
    for name, one in inside or ():
        yield from leaves(one, f"{where}.{name}" if where else str(name))


def reason_of(fork, died, good):
    """What a task of a patient stops with; where its log group was made since, as it was without it."""
    again = fork.client("ecs").register_task_definition(**definition_again(died))["taskDefinition"]
    task = tried(fork, again)
    if task["lastStatus"] == "RUNNING":
        fork = fork.fork("without the log group made since")
        for group in groups_of(died) - good:
            fork.client("logs").delete_log_group(logGroupName=group)
        task = tried(fork, again)
    return last_words(fork, task)


def groups_of(*definitions):
    """The log groups that definitions name."""
    logs = [one.get("logConfiguration") or {} for each in definitions for one in each["containerDefinitions"]]
    return {log["options"]["awslogs-group"] for log in logs if log.get("logDriver") == "awslogs"}


def cause(reason):
    """The choice that a line stands for."""
    found = next((told for part, told in CAUSES if part in reason), None)
    if found is None:
        raise Failure(
            "This patient dies of nothing the lab knows: what is around it was changed.",
            cloud=reason,
            next="Repair blueprints, not the roles and networks around them.",
        )
    return found


def misread(said):
    """What a wrong choice overlooks."""
    return {
        "trust": "A role that ECS may not take on gives no task at all, so nobody could have died.",
        "way out": "Without a way out the line ends in `i/o timeout`: nobody answered.",
        "rights": "Missing rights are refused by name: `is not authorized to perform`.",
        "image name": "A wrong name ends in `not found`.",
        "processor": "A wrong processor lets the container begin; its log ends in `exec format error`.",
        "log group": "A missing log group is named by the awslogs driver: `failed to validate logger args`.",
    }[said]
