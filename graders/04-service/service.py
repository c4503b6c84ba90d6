"""Step 4: does a task serve behind the front door? Requests are sent in a fork."""

from dockyard.grading import check, expect
from dockyard.grading.experiments import balancer_of, failed_requests
from dockyard.grading.serving import health_line, service_behind_a_balancer, steady


@check
def a_task_is_healthy(world, values):
    """The service keeps a task running behind the load balancer, and it is healthy."""
    steady(world.fork("one healthy"), service_behind_a_balancer(world, values, 1), 1)


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
