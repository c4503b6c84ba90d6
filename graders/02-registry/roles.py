"""Step 7: each role is tried in a fork: what it must do, and what an intruder would do with it."""

import json
from contextlib import suppress

from dockyard.grading import Failure, JudgementError, attempt, check, expect
from dockyard.grading.finding import latest_refusal
from dockyard.grading.intruder import (
    DESTROY,
    ELSEWHERE,
    LOGIN,
    PULL,
    PULL_ANYWHERE,
    PUSH,
    PUSH_ANYWHERE,
    RISE,
    TAKE_ON,
    tried,
)
from dockyard.grading.policies import covers, resources_allowed
from dockyard.grading.registry import image_tagged, manifest_of, repository_named


@check
def can_be_assumed(world, values):
    """The roles {pusher} and {puller} exist, and you can assume them."""
    iam = world.client("iam")
    made = {one["RoleName"] for page in iam.get_paginator("list_roles").paginate() for one in page["Roles"]}
    for name in (values["pusher"], values["puller"]):
        if name not in made:
            raise no_role(world, name)
        with attempt(f"The role {name} exists, and you cannot take it on.", next=who_may(world, name)):
            world.fork("assume").client("sts").assume_role(RoleArn=arn(world, name), RoleSessionName="proof")


@check(after=can_be_assumed)
def keeps_strangers_out(world, values):
    """Nobody can assume them without a right to: a user who has none at all is refused."""
    fork = world.fork("stranger")
    stranger = fork.client("iam").create_user(UserName="proof-stranger")["User"]["Arn"]
    sts = fork.client("sts", identity=stranger)
    for name in (values["pusher"], values["puller"]):
        ((_, refusal),) = tried(sts, TAKE_ON, arn(world, name))
        expect(
            refusal,
            f"A user without any right took on the role {name}.",
            cloud=f"trust: {trust(world, name)}",
            next="A star names everybody on AWS. Name your account instead: iam.update_assume_role_policy(…).",
        )


@check(after=can_be_assumed)
def pusher_pushes(world, values):
    """{pusher} can push to {repository}: log in, send layers, put the image."""
    must(world, values, "pusher", "repository", PUSH)


@check(after=can_be_assumed)
def puller_pulls(world, values):
    """{puller} can pull from {production}: log in, read manifest and layers."""
    must(world, values, "puller", "production", PULL)


@check(after=(keeps_strangers_out, pusher_pushes))
def pusher_does_no_more(world, values):
    """Whoever steals {pusher} can delete nothing, push and pull nowhere else, and gain no right."""
    must_not(world, values, "pusher", "repository", DESTROY)
    must_not(world, values, "pusher", "production", {**PUSH_ANYWHERE, **DESTROY, **PULL_ANYWHERE})
    must_not_rise(world, values, "pusher", "puller")
    must_not_elsewhere(world, values, "pusher")


@check(after=(keeps_strangers_out, puller_pulls))
def puller_does_no_more(world, values):
    """Whoever steals {puller} can change nothing, pull from nowhere else, and gain no right."""
    must_not(world, values, "puller", "production", {**PUSH_ANYWHERE, **DESTROY})
    must_not(world, values, "puller", "repository", {**PULL_ANYWHERE, **PUSH_ANYWHERE, **DESTROY})
    must_not_rise(world, values, "puller", "pusher")
    must_not_elsewhere(world, values, "puller")


DETACH = "A policy that AWS wrote names every repository: detach it (iam.detach_role_policy), and write your own."
TO_ALL = 'Allow it with the Resource "*": a login is to the registry, not to a repository.'
ONLY_THESE = "Name only the actions that are needed, and the ARN of the one repository."


def must(world, values, role, where, calls):
    """Fail where IAM refuses the role a call: with the first, and what is refused beside it."""
    missing = {action: told for action, told in refused(world, values, role, where, calls) if told}
    if not missing:
        return
    action, *others = missing
    login = action in LOGIN
    cure = TO_ALL if login else lacking(world, values, role, action, values[where])
    raise Failure(
        f"The role {values[role]} may not {action}{': it cannot log in' if login else f' on {values[where]}'}.",
        cloud=missing[action],
        next=f"{cure} Refused, too: {', '.join(others)}." if others else cure,
    )


def lacking(world, values, role, action, repository):
    """What to do about an action that the role may not do there: its policies may name another Resource."""
    needed = repository_named(world, repository)["repositoryArn"]
    named = resources_allowed(world, values[role], action)
    if not named:
        (other,) = {values["pusher"], values["puller"]} - {values[role]}
        swapped = f"The role {other} may: are the two policies swapped? "
        return f"{swapped if resources_allowed(world, other, action) else ''}Allow {action} on the Resource {needed}."
    if covers(named, needed):
        return "The role's policy allows it there. Read how the cloud's line ends: what refuses it all the same?"
    return f"The role's policy allows it on {', '.join(named)}; needed is the Resource {needed}."


def must_not(world, values, role, where, calls):
    """Fail at the first call that IAM lets the role make."""
    none_allowed(world, values[role], values[where], refused(world, values, role, where, calls))


def must_not_rise(world, values, role, other):
    """The same of calls that change rights, the role's own or those of somebody new, or that make it the other role."""
    fork, who = world.fork(values[role]), arn(world, values[role])
    none_allowed(
        world, values[role], values[role], tried(fork.client("iam", identity=who), RISE, {"RoleName": values[role]})
    )
    sts = fork.client("sts", identity=who)
    none_allowed(
        world,
        values[role],
        values[other],
        tried(sts, TAKE_ON, arn(world, values[other])),
        cure=f"Its policy must not allow that, and neither may the trust policy of {values[other]} name it.",
    )


def must_not_elsewhere(world, values, role):
    """The same of other services: a role for images looks into none of them."""
    fork = world.fork(values[role])
    for service, calls in ELSEWHERE.items():
        client = fork.client(service, identity=arn(world, values[role]))
        with suppress(JudgementError):  # where LocalStack answers for a service, nothing of it can be tried
            none_allowed(world, values[role], "your account", tried(client, calls))


def none_allowed(world, role, where, tries, cure=ONLY_THESE):
    """Fail at the first of these that IAM let pass, naming what in the role's own policies may have let it."""
    for action, refusal in tries:
        if refusal:
            continue
        named = resources_allowed(world, role, action)
        attached = [one for one in written_by_aws(world, role) if "*" in named]
        by = [f"the role's policies name the Resource {', '.join(named)}"] * bool(named)
        by += [f"attached: {', '.join(attached)}"] * bool(attached)
        raise Failure(
            f"Under the role {role} an intruder may {action} on {where}.",
            cloud=" · ".join([f"{action} was allowed", *by]),
            next=DETACH if attached else cure,
        )


def written_by_aws(world, role):
    """The names of the attached policies that are AWS's own."""
    attached = world.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return [one["PolicyName"] for one in attached if "::aws:policy/" in one["PolicyArn"]]


def refused(world, values, role, where, calls):
    """Each call tried under the role, in a fork: (action, what IAM said; "" where it let it pass)."""
    name = values[where]
    repository_named(world, name)
    digest = image_tagged(world, name, "1.0")["imageDigest"]
    manifest = manifest_of(world, name, digest)
    ids, layer = [{"imageDigest": digest}], manifest["layers"][0]["digest"]
    image = {"ids": ids, "manifest": json.dumps(manifest), "layer": layer}
    ecr = world.fork(values[role]).client("ecr", identity=arn(world, values[role]))
    yield from tried(ecr, calls, {"repositoryName": name}, image)


def no_role(world, name):
    """The verdict on a role that is not there; with the refusal that ended the learner's cell, where one did."""
    refused = latest_refusal(world, ("iam", "PutRolePolicy"), ("iam", "CreateRole"))
    create = f'iam.create_role(RoleName="{name}", …), with trust.'
    if refused.startswith("MalformedPolicyDocument"):
        create = f"Mend that policy first: a Resource is an ARN, never a repository's URI. Then {create}"
    return Failure(f"There is no role {name}.", cloud=refused, next=create)


def who_may(world, name):
    """What to do about a role that exists and cannot be taken on: whom its trust names instead."""
    said = trust(world, name)
    name_it = "That Principal is a service: name" if '"Service"' in said else "Name"
    return f"Its trust says {said}. {name_it} your account, as the cell above does: iam.update_assume_role_policy(…)."


def trust(world, name):
    """The statements of a role's trust policy, as they were written."""
    return json.dumps(world.client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"])


def arn(world, name):
    """The role's ARN."""
    return f"arn:aws:iam::{world.account_id}:role/{name}"
