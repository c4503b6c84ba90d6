"""Step 7: each role is tried in a fork: what it must do, and what an intruder would do with it."""

import json
from contextlib import suppress

from dockyard.grading import Failure, JudgementError, attempt, check, expect
from dockyard.grading.finding import latest_refusal
from dockyard.grading.policies import covers, resources_allowed
from dockyard.grading.registry import image_tagged, manifest_of, repository_named

#: An upload that nobody has begun: ECR asks IAM first, and only then looks for it.
UPLOAD = "00000000-0000-0000-0000-000000000000"


@check
def can_be_assumed(world, values):
    """The roles {pusher} and {puller} exist, and you can assume them."""
    iam = world.client("iam")
    made = {one["RoleName"] for page in iam.get_paginator("list_roles").paginate() for one in page["Roles"]}
    for name in (values["pusher"], values["puller"]):
        if name not in made:
            raise no_role(world, name)
        with attempt(
            f"The role {name} cannot be assumed.", next="Create it, with a trust policy that names your account."
        ):
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


#: What an intruder would put: a rule that lets images expire, and a policy that allows everything.
ALL_BUT_ONE = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
EXPIRES = {"rulePriority": 1, "selection": ALL_BUT_ONE, "action": {"type": "expire"}}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TAKE_ON = {"sts:AssumeRole": lambda sts, role: sts.assume_role(RoleArn=role, RoleSessionName="proof")}
#: What the Docker client does for a push and a pull, as calls; each is given a client, a repository and an image in it.
LOGIN = {"ecr:GetAuthorizationToken": lambda ecr, *_: ecr.get_authorization_token()}
HAS = {
    "ecr:BatchCheckLayerAvailability": lambda ecr, name, image: ecr.batch_check_layer_availability(
        repositoryName=name, layerDigests=[image["layer"]]
    )
}
PUSH_ANYWHERE = {
    "ecr:InitiateLayerUpload": lambda ecr, name, _: ecr.initiate_layer_upload(repositoryName=name),
    "ecr:UploadLayerPart": lambda ecr, name, _: ecr.upload_layer_part(
        repositoryName=name, uploadId=UPLOAD, partFirstByte=0, partLastByte=4, layerPartBlob=b"proof"
    ),
    "ecr:CompleteLayerUpload": lambda ecr, name, image: ecr.complete_layer_upload(
        repositoryName=name, uploadId=UPLOAD, layerDigests=[image["layer"]]
    ),
    "ecr:PutImage": lambda ecr, name, image: ecr.put_image(
        repositoryName=name, imageManifest=image["manifest"], imageTag="proof"
    ),
}
PULL_ANYWHERE = {
    "ecr:BatchGetImage": lambda ecr, name, image: ecr.batch_get_image(
        repositoryName=name, imageIds=[{"imageDigest": image["digest"]}]
    ),
    "ecr:GetDownloadUrlForLayer": lambda ecr, name, image: ecr.get_download_url_for_layer(
        repositoryName=name, layerDigest=image["layer"]
    ),
}
DESTROY = {
    "ecr:BatchDeleteImage": lambda ecr, name, image: ecr.batch_delete_image(
        repositoryName=name, imageIds=[{"imageDigest": image["digest"]}]
    ),
    "ecr:DeleteRepository": lambda ecr, name, _: ecr.delete_repository(repositoryName=name, force=True),
    "ecr:PutImageTagMutability": lambda ecr, name, _: ecr.put_image_tag_mutability(
        repositoryName=name, imageTagMutability="MUTABLE"
    ),
    "ecr:PutLifecyclePolicy": lambda ecr, name, _: ecr.put_lifecycle_policy(
        repositoryName=name, lifecyclePolicyText=json.dumps({"rules": [EXPIRES]})
    ),
    "ecr:SetRepositoryPolicy": lambda ecr, name, _: ecr.set_repository_policy(
        repositoryName=name, policyText=json.dumps(EVERYTHING)
    ),
    "ecr:PutImageScanningConfiguration": lambda ecr, name, _: ecr.put_image_scanning_configuration(
        repositoryName=name, imageScanningConfiguration={"scanOnPush": False}
    ),
}
#: How a role would give itself, or somebody new, all the rights there are.
RISE = {
    "iam:PutRolePolicy": lambda iam, role: iam.put_role_policy(
        RoleName=role, PolicyName="proof", PolicyDocument=json.dumps(EVERYTHING)
    ),
    "iam:AttachRolePolicy": lambda iam, role: iam.attach_role_policy(
        RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
    "iam:CreateUser": lambda iam, _: iam.create_user(UserName="proof"),
    "iam:UpdateAssumeRolePolicy": lambda iam, role: iam.update_assume_role_policy(
        RoleName=role, PolicyDocument=json.dumps(EVERYTHING)
    ),
    "iam:CreateAccessKey": lambda iam, _: iam.create_access_key(UserName="proof"),
}
#: A call of each neighbour that an intruder would look into: by the service, the action and the call.
ELSEWHERE = {
    "s3": {"s3:ListAllMyBuckets": lambda s3: s3.list_buckets()},
    "secretsmanager": {"secretsmanager:ListSecrets": lambda secrets: secrets.list_secrets()},
    "ecs": {"ecs:ListClusters": lambda ecs: ecs.list_clusters()},
}
ONLY_THESE = "Name only the actions that are needed, and the ARN of the one repository."
#: A pull asks for no more: so it stands in AWS's own policy AmazonEC2ContainerRegistryPullOnly.
PUSH, PULL = {**LOGIN, **HAS, **PUSH_ANYWHERE}, {**LOGIN, **PULL_ANYWHERE}


def must(world, values, role, where, calls):
    """Fail at the first call that IAM refuses the role."""
    for action, refusal in refused(world, values, role, where, calls):
        if refusal and action in LOGIN:
            raise Failure(
                f"The role {values[role]} may not {action}: it cannot log in.",
                cloud=refusal,
                next=f'Allow {action} with the Resource "*": a login is to the registry, not to a repository.',
            )
        expect(
            not refusal,
            f"The role {values[role]} may not {action} on {values[where]}.",
            cloud=refusal,
            next=refusal and lacking(world, values[role], action, values[where]),
        )


def lacking(world, role, action, repository):
    """What to do about an action that the role may not do there: its policies may name another Resource."""
    needed = repository_named(world, repository)["repositoryArn"]
    named = resources_allowed(world, role, action)
    if not named:
        return f"Allow {action} on the Resource {needed}."
    if covers(named, needed):
        return "The role's policy allows it there. Read how the cloud's line ends: what refuses it all the same?"
    return f"The role's policy allows it on {', '.join(named)}; needed is the Resource {needed}."


def must_not(world, values, role, where, calls):
    """Fail at the first call that IAM lets the role make."""
    none_allowed(values[role], values[where], refused(world, values, role, where, calls))


def must_not_rise(world, values, role, other):
    """The same of calls that change rights, the role's own or those of somebody new, or that make it the other role."""
    fork, who = world.fork(values[role]), arn(world, values[role])
    none_allowed(values[role], values[role], tried(fork.client("iam", identity=who), RISE, values[role]))
    sts = fork.client("sts", identity=who)
    none_allowed(
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
            none_allowed(values[role], "your account", tried(client, calls))


def none_allowed(role, where, tries, cure=ONLY_THESE):
    """Fail at the first of these that IAM let pass."""
    for action, refusal in tries:
        expect(
            refusal,
            f"Under the role {role} an intruder may {action} on {where}.",
            cloud=f"{action} was allowed",
            next=cure,
        )


def refused(world, values, role, where, calls):
    """Each call tried under the role, in a fork: (action, what IAM said; "" where it let it pass)."""
    name = values[where]
    repository_named(world, name)
    digest = image_tagged(world, name, "1.0")["imageDigest"]
    manifest = manifest_of(world, name, digest)
    image = {"digest": digest, "manifest": json.dumps(manifest), "layer": manifest["layers"][0]["digest"]}
    ecr = world.fork(values[role]).client("ecr", identity=arn(world, values[role]))
    yield from tried(ecr, calls, name, image)


def tried(client, calls, *given):
    """Each call made with this client: (action, what IAM said; "" where it let it pass)."""
    for action, call in calls.items():
        try:
            call(client, *given)
        except client.exceptions.ClientError as error:
            denied = error.response["Error"]
            yield action, denied["Message"] if denied["Code"].startswith("AccessDenied") else ""
        else:
            yield action, ""


def no_role(world, name):
    """The verdict on a role that is not there; with the refusal that ended the learner's cell, where one did."""
    refused = latest_refusal(world, ("iam", "PutRolePolicy"), ("iam", "CreateRole"))
    create = f'iam.create_role(RoleName="{name}", …), with trust.'
    if refused.startswith("MalformedPolicyDocument"):
        create = f"Mend that policy first: a Resource is an ARN, never a repository's URI. Then {create}"
    return Failure(f"There is no role {name}.", cloud=refused, next=create)


def trust(world, name):
    """The statements of a role's trust policy, as they were written."""
    return json.dumps(world.client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"])


def arn(world, name):
    """The role's ARN."""
    return f"arn:aws:iam::{world.account_id}:role/{name}"
