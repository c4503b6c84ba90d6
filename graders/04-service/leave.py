"""Step 13: may one leave in the learner's order? A fork is left in it, part by part, and its costs are looked at."""

from dockyard.grading import attempt, check, expect
from dockyard.grading.experiments import balancer_of, until
from dockyard.grading.serving import service_behind_a_balancer, tags_of, tasks_of

KEY = "leave"
GONE_WITHIN, HOUR = 15 * 60, 3600
#: What is kept costs by the GB: images and logs.
KEPT = ("storage", "GB-month")
NEXT = {
    "cluster": "A cluster is empty before it goes: the service first, with its tasks.",
    "front-group": "The balancer is in this group, and a rule of the inside group names it: both go before it.",
    "inside-group": "The tasks are in this group: they go with their service, and the service goes before it.",
    "target-group": "The balancer's listener forwards to it: the balancer, with its listener, goes before it.",
}


@check
def an_order_is_handed_in(world, values):
    """The service has a tag `leave` that names each of the six parts once."""
    service = service_behind_a_balancer(world, values, 1)
    said = order_of(world, service)
    expect(
        sorted(said) == sorted(PARTS),
        f"The tag {KEY} does not name each of the six parts once.",
        cloud=f"{KEY}: {' '.join(said) or 'no such tag'}",
        next=f"Six names with a blank between them: {', '.join(sorted(PARTS))}.",
    )


@check(after=an_order_is_handed_in)
def aws_accepts_it(world, values):
    """In a copy of your cloud the six parts are deleted in this order: no call is refused."""
    left(world, values)


@check(after=aws_accepts_it)
def nothing_costs(world, values):
    """An hour later nothing has cost anything but what images and logs take to keep."""
    fork = left(world, values)
    before = costs(fork)
    fork.advance(HOUR)
    more = {meter: dollars - before.get(meter, 0.0) for meter, dollars in costs(fork).items()}
    still = sorted(meter for meter, dollars in more.items() if dollars > 0 and not any(one in meter for one in KEPT))
    expect(
        not still,
        f"An hour after all six parts were deleted, this still costs: {', '.join(still)}.",
        cloud=", ".join(f"{one} ${more[one]:.4f}" for one in still),
        next="Something else of yours still runs: look at lab.status() and lab.picture().",
    )


def order_of(world, service):
    """The names that were handed in."""
    return tags_of(world, service).get(KEY, "").replace(",", " ").split()


def left(world, values):
    """A fork that was left in the learner's order."""
    service = service_behind_a_balancer(world, values, 1)
    fork, place = world.fork("leave"), Place(world, service)
    for number, part in enumerate(order_of(world, service), 1):
        with attempt(f"The {part} was deleted as number {number} of six, and AWS refused.", next=NEXT.get(part, "")):
            PARTS[part](fork, place)
    return fork


class Place:
    """What is to be deleted: the service, its cluster, balancer, target group, and the two security groups."""

    def __init__(self, world, service):
        balancer, (first, *_) = balancer_of(world, service), service["loadBalancers"]
        self.service = service
        self.balancer, self.front = balancer["LoadBalancerArn"], balancer["SecurityGroups"][0]
        self.group = first["targetGroupArn"]
        self.inside = service["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"][0]


def delete_service(fork, place):
    """Ask for no task, delete the service, and wait until its tasks are gone."""
    ecs, of = fork.client("ecs"), {"cluster": place.service["clusterArn"], "service": place.service["serviceName"]}
    ecs.update_service(**of, desiredCount=0)
    ecs.delete_service(**of)
    until(fork, lambda: not tasks_of(fork, place.service), GONE_WITHIN)
    fork.advance(GONE_WITHIN)  # they drain


def delete_balancer(fork, place):
    """Its listeners go with it, and its addresses a little later."""
    fork.client("elbv2").delete_load_balancer(LoadBalancerArn=place.balancer)
    fork.advance(60)


PARTS = {
    "balancer": delete_balancer,
    "cluster": lambda fork, place: fork.client("ecs").delete_cluster(cluster=place.service["clusterArn"]),
    "front-group": lambda fork, place: fork.client("ec2").delete_security_group(GroupId=place.front),
    "inside-group": lambda fork, place: fork.client("ec2").delete_security_group(GroupId=place.inside),
    "service": delete_service,
    "target-group": lambda fork, place: fork.client("elbv2").delete_target_group(TargetGroupArn=place.group),
}


def costs(fork):
    """Dollars so far by meter."""
    return {one["meter"]: one["dollars"] for one in fork.state()["bill"]}
