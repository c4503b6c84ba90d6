"""Step 2: who may do what? Each role is tried in a fork: ECS pulls with it, and its own session reads the key.

So the cloud's own decision is asked, not the policy's text.
"""

from dockyard.grading import Failure, check, expect
from dockyard.grading.blueprints import cure, probed, pullable
from dockyard.grading.experiments import stop_reason
from dockyard.grading.finding import latest_refusal

PUBLIC_IMAGE = "python:3.12-slim"
TRUST = "Create it with the given trust policy: the service ecs-tasks.amazonaws.com may do sts:AssumeRole."
LOG = "/probe"
READ = "secretsmanager:GetSecretValue"
#: What code needs to do with the key, and what more a thief would do: with it, and in other services.
WITH_THE_KEY = {
    READ: lambda vault, arn: vault.get_secret_value(SecretId=arn),
    "secretsmanager:PutSecretValue": lambda vault, arn: vault.put_secret_value(SecretId=arn, SecretString="tried"),
    "secretsmanager:DeleteSecret": lambda vault, arn: vault.delete_secret(SecretId=arn),
}
ELSEWHERE = {
    "iam:CreateUser": lambda iam: iam.create_user(UserName="made-by-the-check"),
    "iam:ListRoles": lambda iam: iam.list_roles(),
    "s3:ListAllMyBuckets": lambda s3: s3.list_buckets(),
    "s3:CreateBucket": lambda s3: s3.create_bucket(Bucket="made-by-the-check"),
    "ecs:ListClusters": lambda ecs: ecs.list_clusters(),
    "ecs:CreateCluster": lambda ecs: ecs.create_cluster(clusterName="made-by-the-check"),
}


@check
def ecs_may_take_them_on(world, values):
    """There are two roles that ECS may take on: one for itself, one for your code."""
    for kind in ("execution", "task"):
        role = named(world, values, kind)
        expect(
            role,
            f"There is no role {values['name']}-{kind}.",
            cloud=latest_refusal(world, ("iam", "CreateRole")),
            next=TRUST,
        )
        try:
            probed(world.fork("take on"), PUBLIC_IMAGE, {}, taskRoleArn=role["Arn"])
        except Failure as failure:
            raise Failure(
                f"ECS may not take on {role['RoleName']}, so no task of it ever exists.",
                cloud=failure.cloud,
                next=TRUST,
            ) from None


@check(after=ecs_may_take_them_on)
def the_execution_role_pulls_and_logs(world, values):
    """With the execution role, ECS pulls your image and opens your log."""
    role = named(world, values, "execution")
    task = pulled(world, values, role)
    expect(
        task["lastStatus"] == "RUNNING",
        f"A task that pulls and logs as {role['RoleName']} stopped before it was RUNNING.",
        cloud=stop_reason(task),
        next=cure(stop_reason(task)),
    )


@check(after=ecs_may_take_them_on)
def the_task_role_reads_the_secret(world, values):
    """With the task role, your code reads the partner's key."""
    role, ecs = named(world, values, "task"), named(world, values, "execution")
    refusal = refused(world, values, role, READ)
    elsewhere = not refused(world, values, ecs, READ)
    expect(
        not refusal,
        f"{role['RoleName']} may not read the secret {values['name']}/partner-key"
        f"{'; ' + ecs['RoleName'] + ' may' if elsewhere else ''}.",
        cloud=latest_refusal(world, ("iam", "PutRolePolicy"), ("iam", "CreatePolicy")) or refusal,
        next=f"Put a policy on {role['RoleName']}{', not on ' + ecs['RoleName'] if elsewhere else ''}: "
        "Allow secretsmanager:GetSecretValue on the secret's ARN.",
    )


@check(after=the_task_role_reads_the_secret)
def the_task_role_reads_nothing_else(world, values):
    """The task role reads the partner's key, and no other secret."""
    role = named(world, values, "task")
    expect(
        refused(world, values, role, READ, another=True),
        f"{role['RoleName']} can read every other secret too: whoever steals it from your code can read them.",
        cloud=f"{READ} on another secret was allowed",
        next="Allow secretsmanager:GetSecretValue on one Resource, secret_arn, and take the rest away.",
    )


@check(after=the_task_role_reads_the_secret)
def the_task_role_only_reads(world, values):
    """The task role cannot change or delete the partner's key, nor do anything in other services."""
    role = named(world, values, "task")
    for action in WITH_THE_KEY:
        expect(
            action == READ or refused(world, values, role, action),
            f"{role['RoleName']} may also do {action} on the key: your code only has to read it.",
            cloud=f"{action} was allowed",
            next="Name the one action secretsmanager:GetSecretValue: put_role_policy again under the same PolicyName.",
        )
    for action in ELSEWHERE:
        expect(
            refused(world, values, role, action),
            f"{role['RoleName']} may also do {action}: your code only has to read the key.",
            cloud=f"{action} was allowed",
            next=f"Leave {role['RoleName']} the one action secretsmanager:GetSecretValue, and take the rest away.",
        )


@check(after=the_execution_role_pulls_and_logs)
def the_task_role_does_not_pull(world, values):
    """The task role has no right that only ECS needs."""
    role = named(world, values, "task")
    task = pulled(world, values, role)
    expect(
        task["lastStatus"] != "RUNNING",
        f"{role['RoleName']} can also pull images and open logs: stolen from your code, it opens your registry.",
        cloud=f"A task that pulls as {role['RoleName']} is {task['lastStatus']}.",
        next=f"Take AmazonECSTaskExecutionRolePolicy (or ecr:… and *) away from {role['RoleName']}.",
    )


@check(after=the_task_role_reads_the_secret)
def the_execution_role_does_not_read(world, values):
    """The execution role has no right that only your code needs."""
    role = named(world, values, "execution")
    expect(
        refused(world, values, role, READ),
        f"{role['RoleName']} can also read {values['name']}/partner-key, which only your code needs.",
        cloud=f"{READ} was allowed",
        next=f"Leave {role['RoleName']} with AmazonECSTaskExecutionRolePolicy alone.",
    )


def named(world, values, kind):
    """The role that the lab names; else the first of the learner's own that can do that work; None without one."""
    pages = world.client("iam").get_paginator("list_roles").paginate()
    roles = [one for page in pages for one in page["Roles"] if not one["Path"].startswith("/aws-service-role/")]
    same = [one for one in roles if one["RoleName"] == f"{values['name']}-{kind}"]
    if same:
        return same[0]
    return next((one for one in roles if works(world, values, one, kind)), None)


def works(world, values, role, kind):
    """Whether a role can do what its kind is for."""
    if kind == "task":
        return not refused(world, values, role, READ)
    try:
        return pulled(world, values, role)["lastStatus"] == "RUNNING"
    except Failure:
        return False


def pulled(world, values, role):
    """A task that a role pulls an image of ECR and opens a log for."""
    fork = world.fork("pull and log")
    fork.client("logs").create_log_group(logGroupName=LOG)
    options = {"awslogs-group": LOG, "awslogs-region": world.region, "awslogs-stream-prefix": "probe"}
    container = {"logConfiguration": {"logDriver": "awslogs", "options": options}}
    return probed(fork, an_image(world, values), container, executionRoleArn=role["Arn"])


def refused(world, values, role, action, *, another=False):
    """How a session of the role is refused one of WITH_THE_KEY (or with another secret, which only this fork has) or
    ELSEWHERE; "" where it is let.
    """
    fork = world.fork("as the role")
    arn = key_of(fork, values)
    if another:
        arn = fork.client("secretsmanager").create_secret(Name="another-key", SecretString="tried")["ARN"]
    client = fork.client(action.partition(":")[0], identity=role["Arn"])
    try:
        WITH_THE_KEY[action](client, arn) if action in WITH_THE_KEY else ELSEWHERE[action](client)
    except client.exceptions.ClientError as refusal:
        return str(refusal) if "AccessDenied" in refusal.response["Error"]["Code"] else ""
    return ""


def key_of(world, values):
    """The ARN of the partner's key."""
    found = world.client("secretsmanager").list_secrets()["SecretList"]
    arn = next((one["ARN"] for one in found if one["Name"] == f"{values['name']}/partner-key"), None)
    expect(
        arn, f"There is no secret {values['name']}/partner-key.", next="Run the given cell that creates it once more."
    )
    return arn


def an_image(world, values):
    """An image of the learner's that can be pulled by its tag, the lab's own first."""
    names = sorted(
        (one for one in pullable(world) if "@" not in one),
        key=lambda one: (not one.endswith(f"/{values['repository']}:1.0"), one),
    )
    expect(names, "ECR holds no image with a tag.", next='Begin from the opening state: lab.start("opening").')
    return names[0]
