"""Step 1: do the settings stand where they belong? The draft is run in a fork."""

from dockyard.grading import check, expect
from dockyard.grading.blueprints import cure, label, tried
from dockyard.grading.experiments import stop_reason
from dockyard.grading.finding import fargate_definitions, latest_refusal


@check
def is_registered(world, values):
    """The draft is a blueprint that Fargate accepts."""
    expect(
        the_draft(world, values),
        f"No draft named {values['name']}-draft that Fargate can run is registered.",
        cloud=latest_refusal(world, ("ecs", "RegisterTaskDefinition")),
        next="Your cell prints what was refused, and why: move the setting that it names to another level.",
    )


@check(after=is_registered)
def reaches_running(world, values):
    """A task of the draft reaches RUNNING."""
    draft = the_draft(world, values)
    task = tried(world.fork("run the draft"), draft)
    expect(
        task["lastStatus"] == "RUNNING",
        f"A task of {label(draft)} was started, and it stopped before it was RUNNING.",
        cloud=stop_reason(task),
        next=cure(stop_reason(task)),
    )


@check(after=is_registered)
def says_its_port(world, values):
    """The draft says on which port its container serves."""
    draft = the_draft(world, values)
    ports = [mapping.get("containerPort") for one in draft["containerDefinitions"] for mapping in one["portMappings"]]
    expect(
        int(values["port"]) in ports,
        f"{label(draft)} maps {', '.join(map(str, ports)) or 'no port'}; the container serves on {values['port']}.",
        next='containerPort belongs to the port: level "port".',
    )


def the_draft(world, values):
    """The draft, or None."""
    name = f"{values['name']}-draft"
    return next((one for one in fargate_definitions(world, name) if one["family"] == name), None)
