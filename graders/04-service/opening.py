"""What lab 4 builds on: a task definition that Fargate can run, whose task starts and has a network rule to come."""

from dockyard.grading import check, expect
from dockyard.grading.experiments import run_task, stop_reason
from dockyard.grading.finding import fargate_definitions, subnets_with_a_way_out


@check
def a_task_definition_runs(world, values):
    """A task definition for Fargate is registered, and a task of it runs."""
    found = fargate_definitions(world, values["family"])
    expect(found, f"a task definition for Fargate, such as {values['family']} from lab 3")
    fork = world.fork("run the definition")
    task = run_task(fork, found[0]["taskDefinitionArn"], subnets_with_a_way_out(fork))
    expect(
        task["lastStatus"] == "RUNNING",
        f"a task definition whose task starts: {found[0]['family']} stops with {stop_reason(task)}",
    )
