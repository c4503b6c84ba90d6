"""Step 3: does the front door work? It is asked with nobody behind it, then a service is put behind it in a fork."""

from dockyard.grading import attempt, check, expect
from dockyard.grading.experiments import failed_requests, until
from dockyard.grading.finding import fargate_definitions, latest_refusal
from dockyard.grading.fronts import Front, serve, target_states
from dockyard.grading.serving import steady

#: Whoever was ill needs a while until the balancer believes that it is well.
WELL_WITHIN = 5 * 60
#: Where the credit API says that it is well; every other path it answers with 404.
HEALTH = "/health"


@check
def the_door_is_open(world, values):
    """Requests from the internet arrive at a load balancer on port 80, though nobody stands behind it yet."""
    balancer, _ = the_door(world, values)
    fork = world.fork("knock")
    start = fork.now()
    fork.client("elbv2").describe_load_balancers()
    fork.traffic(balancer["LoadBalancerName"], 5.0, 20.0, 120)
    fork.advance(180)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        max(sent, failed) > 0,
        f"The load balancer {balancer['LoadBalancerName']} was asked on port 80 for two minutes; nothing came in.",
        cloud=latest_refusal(world, ("elbv2", "CreateListener")) or listeners_line(fork, balancer),
        next=way_in(world, balancer, f"{values['name']}-front"),
    )


def way_in(world, balancer, group):
    """What a request from the world needs next, of what this balancer lacks."""
    listeners = world.client("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    ports = sorted(one["Port"] for one in listeners)
    if not ports:
        return "It needs a listener on port 80: elbv2.create_listener(LoadBalancerArn=…, Protocol='HTTP', Port=80, …)."
    if 80 not in ports:
        return f"Its listener waits on port {ports[0]}, where nobody knocks: create one on port 80."
    if balancer["Scheme"] == "internal":
        return (
            "Its Scheme is internal: it has no public address, and that cannot be changed. Delete it (or "
            "lab.back('front-door')), and create it again, internet-facing."
        )
    (first, *_) = [*balancer.get("SecurityGroups", []), ""]
    return (
        f"The groups of the balancer must let the world in on port 80, and {first or 'none'} does not: give it {group} "
        "by elbv2.set_security_groups(LoadBalancerArn=…, SecurityGroups=[front])."
    )


@check(after=the_door_is_open)
def it_forwards_to_tasks(world, values):
    """Once tasks register in the target group, requests are answered by them."""
    balancer, group = the_door(world, values)
    expect(
        group,
        f"The load balancer {balancer['LoadBalancerName']} forwards to no target group.",
        cloud=latest_refusal(world, ("elbv2", "CreateTargetGroup"), ("elbv2", "CreateListener"))
        or listeners_line(world, balancer),
        next="The listener stays: elbv2.modify_listener(ListenerArn=…, DefaultActions=[…]) gives it another action, "
        "{'Type': 'forward', 'TargetGroupArn': …}.",
    )
    path = group.get("HealthCheckPath", "/")
    expect(
        path == HEALTH,
        f"The balancer will ask each task at {path} whether it is well. Your API answers 404 there: no task gets well.",
        cloud=f"{group['TargetGroupName']}: HealthCheckPath {path}",
        next="elbv2.modify_target_group(TargetGroupArn=…, HealthCheckPath='/health').",
    )
    fork = world.fork("tasks behind the door")
    if not target_states(fork, group["TargetGroupArn"]):
        stand_behind(fork, values, balancer, group)
    until(fork, lambda: "healthy" in dict(target_states(fork, group["TargetGroupArn"])).values(), WELL_WITHIN)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], 5.0, 20.0, 120)
    fork.advance(180)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"A task stood behind the door; of {sent:.0f} requests {failed:.0f} failed.",
        cloud=listeners_line(fork, balancer),
        next="The listener's default action must forward to the target group that the tasks register in.",
    )


def the_door(world, values):
    """The learner's balancer, the lab's name first, and the target group it forwards to or None."""
    elbv2 = world.client("elbv2")
    found = elbv2.describe_load_balancers()["LoadBalancers"]
    expect(
        found,
        "There is no load balancer.",
        cloud=latest_refusal(world, ("elbv2", "CreateLoadBalancer")) or "describe_load_balancers answers none",
        next="Create it: elbv2.create_load_balancer(Name=…, Subnets=subnets, SecurityGroups=[front]).",
    )
    name = f"{values['name']}-front"
    balancer = min(found, key=lambda one: (one["LoadBalancerName"] != name, one["LoadBalancerName"]))
    behind = elbv2.describe_target_groups(LoadBalancerArn=balancer["LoadBalancerArn"])["TargetGroups"]
    return balancer, next(iter(behind), None)


def stand_behind(fork, values, balancer, group):
    """A service of one task behind the learner's door, in a group that lets the balancer in."""
    ec2, port = fork.client("ec2"), int(values["port"])
    own = ec2.create_security_group(GroupName="tried", Description="tried", VpcId=group["VpcId"])["GroupId"]
    sources = [{"GroupId": one} for one in balancer["SecurityGroups"]]
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": sources}
    ec2.authorize_security_group_ingress(GroupId=own, IpPermissions=[rule])
    definitions = fargate_definitions(fork, values["family"])
    expect(definitions, "No task definition for Fargate is there to try a task of.", next="Finish lab 3 first.")
    subnets = [one["SubnetId"] for one in balancer["AvailabilityZones"]]
    front = Front(balancer, group["TargetGroupArn"], subnets)
    with attempt("A service could not be put behind your target group.", next=another_type(group)):
        service = serve(fork, "tried", definitions[0], front, own)
    steady(fork, service, 1)


def another_type(group):
    """What to do about a target group that Fargate tasks cannot register in: its type stays what it is."""
    if group.get("TargetType") == "ip":
        return "Read what was refused. lab.back('front-door') takes your cloud to before this step."
    return (
        "Fargate tasks register by address, and a group's type cannot be changed: the old group stays in the way. "
        "Delete the listener, then the group (or lab.back('front-door')). Create it again with TargetType='ip'."
    )


def listeners_line(world, balancer):
    """What the balancer's listeners do, in a line."""
    found = world.client("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    told = [f"port {one['Port']}: {one['DefaultActions'][0]['Type']}" for one in found]
    return f"{balancer['LoadBalancerName']}: {', '.join(told) or 'no listener'}"
