"""What lab 5 builds on: a service of two healthy tasks behind a load balancer."""

from dockyard.grading import Failure, check
from dockyard.grading.serving import service_behind_a_balancer, steady

TASKS = 2


@check
def two_tasks_serve(world, values):
    """A service of two healthy tasks stands behind a load balancer."""
    try:
        steady(world.fork("two serve"), service_behind_a_balancer(world, values, TASKS), TASKS)
    except Failure as failure:
        raise Failure(f"a service of two healthy tasks behind a load balancer: {failure.seen}") from None
