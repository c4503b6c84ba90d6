"""Step 8: two revisions side by side, in one fork, that differ in a variable and in nothing else."""

from dockyard.grading import check, expect
from dockyard.grading.blueprints import label, revisions, tried
from dockyard.grading.experiments import definition_again, stop_reason
from dockyard.grading.finding import latest_refusal

VALUE = 0.6


@check
def there_are_two(world, values):
    """Two revisions of your blueprint can be run."""
    known = revisions(world, values["family"])
    expect(
        len(known) > 1,
        f"{values['family']} has {len(known)} ACTIVE revision{'' if len(known) == 1 else 's'}.",
        cloud=latest_refusal(world, ("ecs", "RegisterTaskDefinition")) or ", ".join(label(one) for one in known),
        next="Register the same family again, with each value of a variable as text; do not deregister the old "
        "revision: it is your way back.",
    )


@check(after=there_are_two)
def they_differ_in_a_variable_only(world, values):
    """The newest differs from another one in the variable THRESHOLD, which is 0.6, and in nothing else."""
    newest, *older = revisions(world, values["family"])
    told = [differences(newest, one) for one in older]
    if {"environment"} in told:
        expect(
            "THRESHOLD" in names_of_variables(newest),
            f"{label(newest)} has the variables {variables(newest) or 'none'}: the variable is THRESHOLD, in capitals.",
            next='The variable is {"name": "THRESHOLD", "value": "0.6"}.',
        )
        expect(
            is_the_value(newest),
            f"{label(newest)} has the variables {variables(newest)}: THRESHOLD is to be {VALUE}.",
            next='The variable is {"name": "THRESHOLD", "value": "0.6"}. Register one more revision with it.',
        )
        return
    nearest = min(range(len(older)), key=lambda number: len(told[number]))
    pair = f"{label(older[nearest])} and {label(newest)}"
    others = sorted(told[nearest] - {"environment"})
    expect(
        others,
        f"{pair} are the same in everything: both have the variables {variables(newest) or 'none'}.",
        next='Give the container of the new one environment=[{"name": "THRESHOLD", "value": "0.6"}].',
    )
    expect(
        False,
        f"{pair} differ in {', '.join(others)}"
        + (" besides a variable." if "environment" in told[nearest] else ", and in no variable."),
        next="Copy the described blueprint and change its environment only; then a difference has one cause.",
    )


@check(after=they_differ_in_a_variable_only)
def both_run_side_by_side(world, values):
    """A task of each runs at the same time."""
    newest, *older = revisions(world, values["family"])
    other = next(one for one in older if differences(newest, one) == {"environment"})
    fork = world.fork("side by side")
    first = tried(fork, other)
    second = tried(fork, newest)
    for definition, task in ((other, first), (newest, second)):
        expect(
            task["lastStatus"] == "RUNNING",
            f"A task of {label(definition)} stopped before it was RUNNING.",
            cloud=stop_reason(task),
            next="Look at its describe_tasks: stoppedReason.",
        )


def differences(one, other):
    """The members in which two definitions differ; those of the first container by their own names."""
    here, there = flat(one), flat(other)
    return {name for name in here.keys() | there.keys() if here.get(name) != there.get(name)}


def flat(definition):
    """What a definition says, its containers' members beside the task's; the order of variables is no difference."""
    told = definition_again(definition)
    containers = told.pop("containerDefinitions")
    for number, container in enumerate(containers):
        environment = sorted(container.get("environment") or [], key=lambda one: one["name"])
        within = {**container, "environment": environment}
        told |= {
            (name if name == "environment" else f"container {number + 1}'s {name}"): within[name] for name in within
        }
    return told


def names_of_variables(definition):
    """How the variables of the first container are called."""
    (container, *_) = definition["containerDefinitions"]
    return {one["name"] for one in container.get("environment") or []}


def is_the_value(definition):
    """Whether THRESHOLD of the first container is the number that was asked for, however it is written."""
    (container, *_) = definition["containerDefinitions"]
    said = [one["value"] for one in container["environment"] if one["name"] == "THRESHOLD"]
    try:
        return {float(one) for one in said} == {VALUE}
    except ValueError:
        return False


def variables(definition):
    """The variables of the first container, as text."""
    (container, *_) = definition["containerDefinitions"]
    return ", ".join(f"{one['name']}={one['value']}" for one in container.get("environment") or [])
