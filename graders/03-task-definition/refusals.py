"""Step 5: which rules did the learner run into? Read from what RegisterTaskDefinition answered them."""

import re

from dockyard.grading import check, expect

WANTED = 5
#: a part of the cloud's line → the rule behind it; what is not listed is a rule of its own, names and numbers apart
RULES = (
    ("network mode", "Fargate runs in awsvpc only"),
    ("No Fargate configuration", "cpu and memory must be a pair"),
    ("be defined at the task level", "the size belongs to the task"),
    ("Invalid 'cpu' setting", "sizes are numbers"),
    ("Invalid 'memory' setting", "sizes are numbers"),
    ("execution role ARN", "pulling from ECR and logging need an execution role"),
    ("host ports and container ports", "with awsvpc both ports are the same"),
    ("log configuration options", "awslogs needs group, region and stream prefix"),
    ("essential container", "one container must be essential"),
    ("GPU", "Fargate has no GPU"),
    ("privileged", "Fargate runs nothing privileged"),
    ("Container list", "a task has a container"),
    ("must be unique", "containers' names differ"),
    ("greater than for the task", "a container fits into its task"),
    ("greater than the value of the task", "containers' cpu fits into the task's"),
    ("Family contains", "a family's name has letters, digits, - and _"),
)
NEXT = ("the network mode", "the size", "the execution role", "the ports", "the log's options", "a GPU")


@check
def were_refused(world, values):
    """RegisterTaskDefinition has refused you."""
    expect(
        lines(world),
        "Nothing you registered was refused yet.",
        next=f"Change one thing of {values['family']} so that ECS says no, such as the network mode.",
    )


@check(after=were_refused)
def five_rules(world, values):
    """Five different refusals, each by another rule."""
    found = {}
    for line in lines(world):
        found.setdefault(rule(line), []).append(line)
    often = max(found.values(), key=len)
    expect(
        len(found) >= WANTED,
        f"{len(lines(world))} refusals so far, by {len(found)} of {WANTED} rules: {'; '.join(sorted(found))}.",
        cloud=often[0],
        next="The same rule twice counts once, and what boto3 itself stops is no refusal by ECS. "
        f"Try another place of {values['family']}: {', '.join(NEXT)}.",
    )


def lines(world):
    """Every refusal of a registration, as AWS said it."""
    return [one for one in world.refusals("ecs", "RegisterTaskDefinition") if one.startswith("ClientException")]


def rule(line):
    """The rule behind a refusal."""
    named = next((told for part, told in RULES if part in line), None)
    return named or re.sub(r"'[^']*'|\d+", "…", line.partition(": ")[2])
