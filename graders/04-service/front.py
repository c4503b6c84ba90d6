"""Step 1: does the group of the balancer let the world in, on one port? A load balancer stands in it in a fork."""

from dockyard.grading import attempt, check, expect
from dockyard.grading.experiments import failed_requests
from dockyard.grading.finding import latest_refusal
from dockyard.grading.fronts import front_door, rules_line

HTTP = 80


@check
def the_world_reaches_the_front(world, values):
    """The internet reaches a load balancer in the group {name}-front on port 80."""
    front = the_front(world, f"{values['name']}-front")
    fork = world.fork("the world at the front")
    with attempt(f"A load balancer in the group {front['GroupName']} could not be made."):
        door = front_door(fork, "tried", front["GroupId"], front["VpcId"], int(values["port"]))
    expect(
        knocked(fork, door) > 0,
        f"A load balancer in the group {front['GroupName']} was asked from the internet on port 80; nothing came in.",
        cloud=rules_line(front),
        next="Let the world (0.0.0.0/0) in by tcp on port 80, where the listener will be.",
    )


@check(after=the_world_reaches_the_front)
def nothing_else_is_open(world, values):
    """On no other port does {name}-front let anybody in."""
    front = the_front(world, f"{values['name']}-front")
    more = [one for one in front["IpPermissions"] if (one.get("FromPort"), one.get("ToPort")) != (HTTP, HTTP)]
    expect(
        not more,
        f"The group {front['GroupName']} is open on more than port 80.",
        cloud=rules_line(front),
        next="Every open port is one more to guard. Take the wide rule away (revoke_security_group_ingress takes what "
        "you gave), and let the world in by tcp with FromPort=80, ToPort=80.",
    )


def the_front(world, name):
    """The learner's group for the balancer: by the lab's name, else one that lets somebody in on port 80."""
    found = world.client("ec2").describe_security_groups()["SecurityGroups"]
    own = sorted((one for one in found if one["GroupName"] != "default"), key=lambda one: one["GroupName"] != name)
    expect(
        own,
        f"There is no security group {name}.",
        cloud=latest_refusal(world, ("ec2", "CreateSecurityGroup"))
        or f"describe_security_groups answers {', '.join(one['GroupName'] for one in found)}",
        next="Run the cell above yours again: it makes the group.",
    )
    return own[0] if own[0]["GroupName"] == name else next(filter(opens, own), own[0])


def opens(group):
    """Whether a rule of the group says something of port 80."""
    return any(one.get("FromPort", 0) <= HTTP <= one.get("ToPort", 65535) for one in group["IpPermissions"])


def knocked(fork, door):
    """The requests that came in, of a few a second for two minutes: nobody stands behind, so all are refused."""
    start = fork.now()
    fork.traffic(door.name, 5.0, 20.0, 120)
    fork.advance(180)
    return failed_requests(fork, door.balancer, start)[1]
