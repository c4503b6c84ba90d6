"""What somebody did on Friday, and what it looks like on Monday. Look at what it prints, not in here.

Knows nothing about the learner's answer. Docker, ECR and ECS are really asked; what is made here is deleted again.
"""

import base64
import json

import boto3
import docker

from dockyard import lab

#: Of the task's line no more is shown at first: what stands before it gives the answer away.
REFUSED = "403 Forbidden"


def tidied(values):
    """Try a copy of the pull role after somebody tidied it: on this laptop, and with a task.

    Answers the whole line of the task, and the role's policy; "" where there is no image to pull.
    """
    ecr = boto3.client("ecr")
    held = [one["repositoryName"] for one in ecr.describe_repositories()["repositories"]]
    place = {"repositoryName": values["production"]}
    found = ecr.describe_images(**place)["imageDetails"] if place["repositoryName"] in held else []
    digests = [one["imageDigest"] for one in found if "1.0" in one.get("imageTags", [])]
    if not digests:
        print(f"{values['production']} holds no image 1.0 yet: come back after step 6.")
        return ""
    uri = ecr.describe_repositories(repositoryNames=[values["production"]])["repositories"][0]["repositoryUri"]
    role = _tidied_role(ecr, values)
    try:
        print("ECR:        1.0 is", digests[0][:19])
        print("Laptop:    ", _laptop(role, uri))
        line = _task(role, uri)
        print("New task:  ", line.partition(":")[0], "…", REFUSED if REFUSED in line else "")
        return f"{line}\nThe role's policy: {_rights(role)}"
    finally:
        iam = boto3.client("iam")
        iam.delete_role_policy(RoleName=role.rpartition("/")[2], PolicyName="tidied")
        iam.delete_role(RoleName=role.rpartition("/")[2])


def _tidied_role(ecr, values):
    """The role's ARN."""
    iam, account = boto3.client("iam"), boto3.client("sts").get_caller_identity()["Account"]
    where = f"arn:aws:ecr:{ecr.meta.region_name}:{account}:repository/{values['production']}"
    allow = {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
    may = [allow, {"Effect": "Allow", "Action": "ecr:BatchGetImage", "Resource": where}]
    who = {"AWS": f"arn:aws:iam::{account}:root", "Service": "ecs-tasks.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}
    name = f"{values['puller']}-tidied"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy([trust]))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="tidied", PolicyDocument=_policy(may))
    return role


def _rights(role):
    """What the role may do, as IAM has it."""
    told = boto3.client("iam").get_role_policy(RoleName=role.rpartition("/")[2], PolicyName="tidied")
    return json.dumps(told["PolicyDocument"]["Statement"], indent=2)


def _policy(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _laptop(role, uri):
    """What docker pull says here under the role: how many layers it has already, and how it ended."""
    taken = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="monday")["Credentials"]
    keys = {"aws_access_key_id": taken["AccessKeyId"], "aws_secret_access_key": taken["SecretAccessKey"]}
    ecr = boto3.client("ecr", **keys, aws_session_token=taken["SessionToken"])
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, password = base64.b64decode(token).decode().split(":")
    who = {"username": user, "password": password}
    lines = [*docker.from_env().api.pull(uri, tag="1.0", stream=True, decode=True, auth_config=who)]
    said = [one.get("error") or one.get("status", "") for one in lines]
    return f"Login Succeeded · {said.count('Already exists')} × Already exists · {said[-1].partition(' for ')[0]}"


def _task(role, uri):
    """Why a task that is to pull under the role stopped."""
    ecs, family = boto3.client("ecs"), role.rpartition("/")[2]
    container = {"name": "api", "image": f"{uri}:1.0"}
    registered = ecs.register_task_definition(
        family=family, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        executionRoleArn=role, containerDefinitions=[container],
    )  # fmt: skip
    definition, cluster = registered["taskDefinition"]["taskDefinitionArn"], {"cluster": family}
    wanted = [{"Name": "default-for-az", "Values": ["true"]}]
    subnets = [one["SubnetId"] for one in boto3.client("ec2").describe_subnets(Filters=wanted)["Subnets"]]
    network = {"awsvpcConfiguration": {"subnets": subnets[:1], "assignPublicIp": "ENABLED"}}
    ecs.create_cluster(clusterName=family)
    try:
        begun = ecs.run_task(taskDefinition=definition, launchType="FARGATE", networkConfiguration=network, **cluster)
        task = [begun["tasks"][0]["taskArn"]]
        lab.wait(lambda: ecs.describe_tasks(tasks=task, **cluster)["tasks"][0]["lastStatus"] == "STOPPED")
        return ecs.describe_tasks(tasks=task, **cluster)["tasks"][0]["stoppedReason"]
    finally:
        ecs.deregister_task_definition(taskDefinition=definition)
        ecs.delete_cluster(**cluster)
