"""Step 3: does Fargate run this blueprint? One task of it is started in a fork, and its log is read."""

from dockyard.grading import check, expect
from dockyard.grading.blueprints import (
    expect_a_log,
    expect_an_image_from_ecr,
    expect_running,
    expect_size,
    last_words,
    tried,
)
from dockyard.grading.finding import fargate_definitions, latest_refusal


@check
def is_registered_for_fargate(world, values):
    """A task definition for Fargate is registered, with 1 vCPU and 2 GB."""
    expect_size(the_definition(world, values))


@check(after=is_registered_for_fargate)
def runs_your_image(world, values):
    """It runs the image that you pushed."""
    expect_an_image_from_ecr(world, the_definition(world, values))


@check(after=is_registered_for_fargate)
def reaches_running(world, values):
    """A task of it starts: it is pulled, its log is opened, and it reaches RUNNING."""
    definition = the_definition(world, values)
    fork = world.fork("run a task")
    task = tried(fork, definition)
    expect_running(definition, task, last_words(fork, task))


@check(after=reaches_running)
def writes_its_log(world, values):
    """What the container prints can be read in CloudWatch Logs."""
    expect_a_log(world.fork("read the log"), the_definition(world, values))


def the_definition(world, values):
    """The learner's task definition, the lab's family first."""
    found = fargate_definitions(world, values["family"])
    expect(
        found,
        "No task definition for Fargate is registered.",
        cloud=latest_refusal(world, ("ecs", "RegisterTaskDefinition"))
        or "list_task_definitions answers none that Fargate can run",
        next="Register one: requiresCompatibilities=['FARGATE'], networkMode='awsvpc', cpu='1024', memory='2048', …",
    )
    return found[0]
