"""Step 4: does a task serve behind the front door? Requests are sent in a fork."""

from dockyard.grading import Failure, check, expect
from dockyard.grading.experiments import balancer_of, failed_requests
from dockyard.grading.serving import health_line, service_behind_a_balancer, steady


@check
def a_task_is_healthy(world, values):
    """The service keeps a task running behind the load balancer, and it is healthy."""
    service = service_behind_a_balancer(world, values, 1)
    try:
        steady(world.fork("one healthy"), service, 1)
    except Failure as failure:
        raise in_the_fronts_group(world, service, failure.cloud) or failure from None


def in_the_fronts_group(world, service, cloud):
    """What to say where nobody reaches the tasks because they were given the balancer's own group; else None."""
    given = service["networkConfiguration"]["awsvpcConfiguration"].get("securityGroups", [])
    if "timed out" not in cloud or not given or set(given) - set(balancer_of(world, service)["SecurityGroups"]):
        return None
    return Failure(
        f"The tasks are in {' and '.join(given)}: that is the balancer's group. It lets nobody in on their port.",
        cloud=cloud,
        next="Give them the group inside: ecs.update_service(**here, networkConfiguration=…), securityGroups=[inside].",
    )


@check(after=a_task_is_healthy)
def requests_are_answered(world, values):
    """Requests from the internet are answered."""
    service = service_behind_a_balancer(world, values, 1)
    fork = world.fork("requests")
    steady(fork, service, 1)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], 5.0, 20.0, 300)
    fork.advance(360)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"Of 5 requests a second for 5 minutes {sent:.0f} arrived and {failed:.0f} failed.",
        cloud=health_line(fork, service),
        next="Follow a request: the balancer's security group, its listener, the target group, the task's group.",
    )


@check(after=requests_are_answered)
def is_called_so(world, values):
    """It is the service {service} in the cluster {cluster}: the cells below, and lab 5, look for it there."""
    service = service_behind_a_balancer(world, values, 1)
    cluster = service["clusterArn"].rpartition("/")[2]
    expect(
        (service["serviceName"], cluster) == (values["service"], values["cluster"]),
        f"It is called {service['serviceName']}, in the cluster {cluster}; the cells below, and lab 5, look for "
        f"{values['service']} in {values['cluster']}.",
        cloud=service["serviceArn"],
        next="A service keeps its name: delete it (ecs.delete_service(…, force=True)), and create it under this one.",
    )
