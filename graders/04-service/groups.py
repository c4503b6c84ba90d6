"""Step 2: does the group of the tasks let in whom it should? Two load balancers and a service are tried in a fork."""

from dockyard.grading import Failure, attempt, check, expect
from dockyard.grading.experiments import until
from dockyard.grading.finding import fargate_definitions, latest_refusal
from dockyard.grading.fronts import front_door, let_in, rules_line, serve, target_states
from dockyard.grading.serving import steady

WORLD = "0.0.0.0/0"
STRANGER_TRIES_FOR = 5 * 60


@check
def the_front_reaches_the_tasks(world, values):
    """That load balancer reaches a task in the group {name}-inside on port {port}."""
    fork, service, port = tried_service(world, values)
    try:
        steady(fork, service, 1)
    except Failure as failure:
        raise not_let_in(*the_groups(fork, values), port, failure) from None


@check(after=the_front_reaches_the_tasks)
def a_stranger_does_not(world, values):
    """Whoever is not in {name}-front reaches no task, not even from next door."""
    fork, service, port = tried_service(world, values)
    steady(fork, service, 1)
    _, inside = the_groups(fork, values)
    ec2 = fork.client("ec2")
    own = ec2.create_security_group(GroupName="a-stranger", Description="tried", VpcId=inside["VpcId"])["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=own, IpPermissions=[from_world(80)])
    door = front_door(fork, "stranger", own, inside["VpcId"], port)
    address = target_states(fork, service["loadBalancers"][0]["targetGroupArn"])[0][0]
    fork.client("elbv2").register_targets(TargetGroupArn=door.group, Targets=[{"Id": address, "Port": port}])
    until(fork, lambda: target_states(fork, door.group)[0][1] in ("healthy", "unhealthy"), STRANGER_TRIES_FOR)
    expect(
        target_states(fork, door.group)[0][1] != "healthy",
        f"A stranger in the same network reached a task in the group {inside['GroupName']} on port {port}.",
        cloud=rules_line(inside),
        next="Let in the balancer's group (UserIdGroupPairs), not a range of addresses. And take the old rule away: "
        "ec2.revoke_security_group_ingress. The group stays: the next cell gives you its id as inside.",
    )


@check(after=a_stranger_does_not)
def nobody_else_is_let_in(world, values):
    """{name}-front is the only source that {name}-inside names."""
    front, inside = the_groups(world, values)
    more = sorted({one for rule in inside["IpPermissions"] for one in everybody(rule)} - {front["GroupId"]})
    expect(
        not more,
        f"The group {inside['GroupName']} lets in more than {front['GroupName']}: {', '.join(more)}, too.",
        cloud=rules_line(inside),
        next="Take that source away: revoke_security_group_ingress takes what you gave.",
    )


@check(after=a_stranger_does_not)
def on_no_other_port(world, values):
    """{name}-inside is open on port {port}, and on no other."""
    (_, inside), port = the_groups(world, values), int(values["port"])
    more = [one for one in inside["IpPermissions"] if (one.get("FromPort"), one.get("ToPort")) != (port, port)]
    expect(
        not more,
        f"The group {inside['GroupName']} is open on more than port {port}: what else a task listens on is open, too.",
        cloud=rules_line(inside),
        next="Take the wide rule away (revoke_security_group_ingress takes what you gave); then "
        f"FromPort={port}, ToPort={port}.",
    )


def the_groups(world, values):
    """The learner's two groups: by the lab's names, else by what they let in."""
    found = world.client("ec2").describe_security_groups()["SecurityGroups"]
    own = [one for one in found if one["GroupName"] != "default"]
    expect(
        len(own) >= 2,
        f"There {'is one security group' if own else 'is no security group'} of yours; two are needed.",
        cloud=latest_refusal(world, ("ec2", "CreateSecurityGroup"))
        or f"describe_security_groups answers {', '.join(one['GroupName'] for one in found)}",
        next="Create one for the balancer and one for the tasks: ec2.create_security_group(GroupName=…, VpcId=vpc).",
    )
    front = named(own, f"{values['name']}-front") or next((one for one in own if WORLD in sources(one, 80)), own[0])
    rest = [one for one in own if one is not front]
    inside = named(rest, f"{values['name']}-inside")
    return front, inside or next(
        (one for one in rest if front["GroupId"] in sources(one, int(values["port"]))), rest[0]
    )


def named(groups, name):
    """The group of a name, or None."""
    return next((one for one in groups if one["GroupName"] == name), None)


def sources(group, port):
    """Whom the rules of a group let in on a port: ranges of addresses and groups."""
    rules = [one for one in group["IpPermissions"] if one.get("FromPort", 0) <= port <= one.get("ToPort", 65535)]
    return [source for one in rules for source in let_in(one)]


def everybody(rule):
    """Whom a rule names: ranges of addresses, old and new ones, prefix lists and groups."""
    newer = [one["CidrIpv6"] for one in rule.get("Ipv6Ranges", [])]
    return [*let_in(rule), *newer, *(one["PrefixListId"] for one in rule.get("PrefixListIds", []))]


def ports(rule):
    """The ports of a rule: `80`, `80-90` or `all`."""
    first, last = rule.get("FromPort", "all"), rule.get("ToPort", "all")
    return f"{first}" if first == last else f"{first}-{last}"


def not_let_in(front, inside, port, failure):
    """What to say where the balancer reaches no task: what its group's rules name instead, else their own line."""
    line = f"{failure.cloud} ({rules_line(inside)})"
    return (
        wrong_port(front, inside, port, line)
        or their_own_group(front, inside, line)
        or Failure(failure.seen, cloud=line, next=failure.next)
    )


def their_own_group(front, inside, cloud):
    """What to say where the tasks' group names itself as the source, and not the balancer's; else None."""
    named_ones = {one for rule in inside["IpPermissions"] for one in let_in(rule)}
    if inside["GroupId"] not in named_ones or named_ones & {front["GroupId"], WORLD}:
        return None
    return Failure(
        f"The group {inside['GroupName']} lets in whoever is in it ({inside['GroupId']}): that is the tasks, not the "
        "balancer.",
        cloud=cloud,
        next=f"You named the tasks' own group: name {front['GroupName']} ({front['GroupId']}), and take the old rule "
        "away: ec2.revoke_security_group_ingress. The group stays: the next cell gives you its id as inside.",
    )


def wrong_port(front, inside, port, cloud):
    """What to say where a rule lets the balancer in to the tasks, only not on their port; else None."""
    admits = [one for one in inside["IpPermissions"] if front["GroupId"] in let_in(one) or WORLD in let_in(one)]
    if not admits or {front["GroupId"], WORLD} & {*sources(inside, port)}:
        return None
    return Failure(
        f"The group {inside['GroupName']} lets the balancer in on port {' and '.join(map(ports, admits))}; "
        f"the tasks listen on port {port}.",
        cloud=cloud,
        next=f"Let {front['GroupName']} in on port {port}: FromPort={port}, ToPort={port}.",
    )


def tried_door(fork, front, port):
    """A load balancer in the learner's front group, made in a fork."""
    with attempt(f"A load balancer in the group {front['GroupName']} could not be made."):
        return front_door(fork, "tried", front["GroupId"], front["VpcId"], port)


def tried_service(world, values):
    """One task in the learner's inside group, behind a balancer in the front group: (fork, service, port)."""
    front, inside = the_groups(world, values)
    definitions = fargate_definitions(world, values["family"])
    if not definitions:
        raise Failure("No task definition for Fargate is there to try a task of.", next="Finish lab 3 first.")
    fork, port = world.fork("a task behind the front"), int(values["port"])
    door = tried_door(fork, front, port)
    with attempt("A service in your groups could not be made."):
        service = serve(fork, "tried", definitions[0], door, inside["GroupId"])
    return fork, service, port


def from_world(port):
    """A rule that lets the world in on a port."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": WORLD}]}
