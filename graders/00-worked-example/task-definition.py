"""Step 3: does Fargate run this blueprint? One task of it is started in a fork, and its log is read."""

from dockyard.grading import attempt, check, expect
from dockyard.grading.blueprints import cure, label, last_words, pullable, tried
from dockyard.grading.finding import fargate_definitions, latest_refusal

SIZE = ("1024", "2048")


@check
def is_registered_for_fargate(world, values):
    """A task definition for Fargate is registered, with 1 vCPU and 2 GB."""
    definition = the_definition(world, values)
    size = (definition.get("cpu", ""), definition.get("memory", ""))
    expect(
        size == SIZE,
        f"{label(definition)} has cpu {size[0]} and memory {size[1]}.",
        cloud=f"cpu {size[0]}, memory {size[1]} ({definition['taskDefinitionArn']})",
        next='Register it again with cpu="1024" and memory="2048": 1 vCPU is 1024 units, 2 GB are 2048 MiB.',
    )


@check(after=is_registered_for_fargate)
def runs_your_image(world, values):
    """It runs the image that you pushed."""
    definition = the_definition(world, values)
    pushed = pullable(world)
    used = [one["image"] for one in definition["containerDefinitions"]]
    expect(
        any(image in pushed for image in used),
        f"{label(definition)} runs {', '.join(used)}; ECR holds no such image.",
        cloud=f"ECR holds: {', '.join(sorted(pushed)) or 'nothing'}",
        next="Give the container the repository's URI with the tag you pushed.",
    )


@check(after=is_registered_for_fargate)
def reaches_running(world, values):
    """A task of it starts: it is pulled, its log is opened, and it reaches RUNNING."""
    definition = the_definition(world, values)
    fork = world.fork("run a task")
    task = tried(fork, definition)
    expect(
        task["lastStatus"] == "RUNNING",
        f"A task of {label(definition)} was started, and it stopped before it was RUNNING.",
        cloud=last_words(fork, task),
        next=cure(last_words(fork, task)),
    )


@check(after=reaches_running)
def writes_its_log(world, values):
    """What the container prints can be read in CloudWatch Logs."""
    definition = the_definition(world, values)
    fork = world.fork("read the log")
    tried(fork, definition)
    fork.advance(60)
    settings = [one.get("logConfiguration") or {} for one in definition["containerDefinitions"]]
    groups = [one["options"]["awslogs-group"] for one in settings if one.get("logDriver") == "awslogs"]
    expect(
        groups,
        f"{label(definition)} sends its log nowhere.",
        next='Add logConfiguration={"logDriver": "awslogs", "options": {…}} to the container.',
    )
    with attempt(f"The log group {groups[0]} could not be read."):
        streams = fork.client("logs").describe_log_streams(logGroupName=groups[0])["logStreams"]
    expect(streams, f"A task ran, and the log group {groups[0]} is still empty.", next="Check the group's name.")


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
