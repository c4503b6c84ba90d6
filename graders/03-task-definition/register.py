"""Step 3: does Fargate run this blueprint? One task of it is started in a fork, and its log is read."""

from dockyard.grading import check, expect
from dockyard.grading.blueprints import (
    expect_a_log,
    expect_an_image_from_ecr,
    expect_running,
    expect_size,
    label,
    pullable,
    revisions,
    tried,
)
from dockyard.grading.experiments import stop_reason
from dockyard.grading.finding import fargate_definitions, latest_refusal


@check
def is_registered_for_fargate(world, values):
    """A blueprint for Fargate is registered, with 1 vCPU and 2 GB."""
    expect_size(the_definition(world, values))


@check(after=is_registered_for_fargate)
def runs_your_image(world, values):
    """It runs the image that you pushed and tested: {repository}:1.0."""
    definition = the_definition(world, values)
    expect_an_image_from_ecr(world, definition)
    used, tested = [one["image"] for one in definition["containerDefinitions"]], pullable(world, "1.0")
    expect(
        any(image in tested for image in used),
        f"{label(definition)} runs {', '.join(used)}: that is in ECR, and is not 1.0.",
        next=f"Give the container the URI of {values['repository']} with the tag 1.0.",
    )


@check(after=is_registered_for_fargate)
def serves_its_port(world, values):
    """Its container is named {container} and says that it serves on port {port}."""
    definition = the_definition(world, values)
    served = [
        (one["name"], mapping.get("containerPort"))
        for one in definition["containerDefinitions"]
        for mapping in one["portMappings"] or [{}]
    ]
    expect(
        (values["container"], int(values["port"])) in served,
        f"{label(definition)} has {' and '.join(f'a container {name} on port {port}' for name, port in served)}.",
        next=f'Name it {values["container"]} and give it portMappings=[{{"containerPort": {values["port"]}}}].',
    )


@check(after=is_registered_for_fargate)
def has_two_roles(world, values):
    """It names both roles, they are not the same, and your code's is the one that reads the partner's key."""
    definition = the_definition(world, values)
    ours, code = definition.get("executionRoleArn"), definition.get("taskRoleArn")
    expect(
        code,
        f"{label(definition)} has no taskRoleArn: your code would have no rights at all.",
        next=f"Give it taskRoleArn, the role {values['name']}-task.",
    )
    expect(
        ours != code,
        f"{label(definition)} uses {str(code).rsplit('/', 1)[-1]} for both roles.",
        cloud=f"executionRoleArn {ours}, taskRoleArn {code}",
        next="executionRoleArn is who pulls and logs, taskRoleArn is who your code is.",
    )
    expect(
        reads_the_key(world, values, str(code)),
        f"{label(definition)} runs your code as {str(code).rsplit('/', 1)[-1]}, which may not read the partner's key.",
        cloud=f"executionRoleArn {ours}, taskRoleArn {code}",
        next="taskRoleArn is the role that reads the key, executionRoleArn the one that pulls and logs.",
    )


@check(after=has_two_roles)
def reaches_running(world, values):
    """A task of it starts: it is pulled, its log is opened, and it reaches RUNNING."""
    definition = the_definition(world, values)
    task = tried(world.fork("run a task"), definition)
    expect_running(definition, task, stop_reason(task))


@check(after=reaches_running)
def writes_its_log(world, values):
    """What the container prints can be read in CloudWatch Logs."""
    expect_a_log(world.fork("read the log"), the_definition(world, values))


@check(after=writes_its_log)
def is_called_so(world, values):
    """It is the family {family}: the cells below, and lab 4, look for it there."""
    definition = the_definition(world, values)
    expect(
        definition["family"] == values["family"],
        f"It is called {definition['family']}; the cells below, and lab 4, look for {values['family']}.",
        cloud=definition["taskDefinitionArn"],
        next=f'Register it again, with family="{values["family"]}".',
    )


def reads_the_key(world, values, role):
    """Whether code that runs as a role may read the partner's key, where there is one; it is tried in a fork."""
    fork = world.fork("read the key")
    iam = fork.client("iam")
    try:
        arn = iam.get_role(RoleName=role.rpartition("/")[2])["Role"]["Arn"]
        fork.client("secretsmanager", identity=arn).get_secret_value(SecretId=f"{values['name']}/partner-key")
    except iam.exceptions.ClientError as refusal:
        return refusal.response["Error"]["Code"] == "ResourceNotFoundException"
    return True


def the_definition(world, values):
    """The learner's blueprint, the lab's family first; drafts, patients and Arm's are none."""
    others = (f"{values['name']}-draft", f"{values['name']}-case-")
    found = [
        one
        for one in fargate_definitions(world, values["family"])
        if not one["family"].startswith(others) and not is_for_arm(one)
    ]
    expect(
        found,
        f"No blueprint {values['family']} that Fargate can run is registered.",
        cloud=for_another(world, values) or latest_refusal(world, ("ecs", "RegisterTaskDefinition")),
        next="Register one: requiresCompatibilities=['FARGATE'], networkMode='awsvpc', cpu='1024', memory='2048', …",
    )
    return found[0]


def for_another(world, values):
    """What was registered under the lab's family and is not for Fargate, "" where nothing was."""
    known = [one for one in revisions(world, values["family"]) if "FARGATE" not in one["compatibilities"]]
    return f"{label(known[0])} is for EC2: networkMode {known[0].get('networkMode', '')}" if known else ""


def is_for_arm(definition):
    """Whether it asks for an Arm processor."""
    return (definition.get("runtimePlatform") or {}).get("cpuArchitecture") == "ARM64"
