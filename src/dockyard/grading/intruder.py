"""Calls that show what a principal may do with images: those of a push, of a pull, and those of an intruder.

Knows nothing about who should be allowed what: each call is made, and what IAM said is answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = [
    "DESTROY",
    "ELSEWHERE",
    "LOGIN",
    "PULL",
    "PULL_ANYWHERE",
    "PUSH",
    "PUSH_ANYWHERE",
    "RISE",
    "TAKE_ON",
    "tried",
]

Calls = Mapping[str, Callable[..., Any]]
#: An upload that nobody has begun: ECR asks IAM first, and only then looks for it.
UPLOAD = "00000000-0000-0000-0000-000000000000"
#: What an intruder would put: a rule that lets images expire, and a policy that allows everything.
ALL_BUT_ONE = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
EXPIRES = json.dumps({"rules": [{"rulePriority": 1, "selection": ALL_BUT_ONE, "action": {"type": "expire"}}]})
EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
TAKE_ON = {"sts:AssumeRole": lambda sts, role: sts.assume_role(RoleArn=role, RoleSessionName="proof")}
#: What the Docker client does for a push and a pull, as calls; each is given a client, where, and an image there.
LOGIN = {"ecr:GetAuthorizationToken": lambda ecr, *_: ecr.get_authorization_token()}
HAS = {
    "ecr:BatchCheckLayerAvailability": lambda ecr, at, image: ecr.batch_check_layer_availability(
        **at, layerDigests=[image["layer"]]
    )
}
PUSH_ANYWHERE = {
    "ecr:InitiateLayerUpload": lambda ecr, at, _: ecr.initiate_layer_upload(**at),
    "ecr:UploadLayerPart": lambda ecr, at, _: ecr.upload_layer_part(
        **at, uploadId=UPLOAD, partFirstByte=0, partLastByte=4, layerPartBlob=b"proof"
    ),
    "ecr:CompleteLayerUpload": lambda ecr, at, image: ecr.complete_layer_upload(
        **at, uploadId=UPLOAD, layerDigests=[image["layer"]]
    ),
    "ecr:PutImage": lambda ecr, at, image: ecr.put_image(**at, imageManifest=image["manifest"], imageTag="proof"),
}
PULL_ANYWHERE = {
    "ecr:BatchGetImage": lambda ecr, at, image: ecr.batch_get_image(**at, imageIds=image["ids"]),
    "ecr:GetDownloadUrlForLayer": lambda ecr, at, image: ecr.get_download_url_for_layer(
        **at, layerDigest=image["layer"]
    ),
}
DESTROY = {
    "ecr:BatchDeleteImage": lambda ecr, at, image: ecr.batch_delete_image(**at, imageIds=image["ids"]),
    "ecr:DeleteRepository": lambda ecr, at, _: ecr.delete_repository(**at, force=True),
    "ecr:PutImageTagMutability": lambda ecr, at, _: ecr.put_image_tag_mutability(**at, imageTagMutability="MUTABLE"),
    "ecr:PutLifecyclePolicy": lambda ecr, at, _: ecr.put_lifecycle_policy(**at, lifecyclePolicyText=EXPIRES),
    "ecr:SetRepositoryPolicy": lambda ecr, at, _: ecr.set_repository_policy(**at, policyText=EVERYTHING),
    "ecr:PutImageScanningConfiguration": lambda ecr, at, _: ecr.put_image_scanning_configuration(
        **at, imageScanningConfiguration={"scanOnPush": False}
    ),
}
#: How a role would give itself, or somebody new, all the rights there are.
RISE = {
    "iam:PutRolePolicy": lambda iam, at: iam.put_role_policy(**at, PolicyName="proof", PolicyDocument=EVERYTHING),
    "iam:AttachRolePolicy": lambda iam, at: iam.attach_role_policy(
        **at, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
    "iam:CreateUser": lambda iam, _: iam.create_user(UserName="proof"),
    "iam:UpdateAssumeRolePolicy": lambda iam, at: iam.update_assume_role_policy(**at, PolicyDocument=EVERYTHING),
    "iam:CreateAccessKey": lambda iam, _: iam.create_access_key(UserName="proof"),
}
#: A call of each neighbour that an intruder would look into: by the service, the action and the call.
ELSEWHERE = {
    "s3": {"s3:ListAllMyBuckets": lambda s3: s3.list_buckets()},
    "secretsmanager": {"secretsmanager:ListSecrets": lambda secrets: secrets.list_secrets()},
    "ecs": {"ecs:ListClusters": lambda ecs: ecs.list_clusters()},
}
#: A pull asks for no more: so it stands in AWS's own policy AmazonEC2ContainerRegistryPullOnly.
PUSH, PULL = {**LOGIN, **HAS, **PUSH_ANYWHERE}, {**LOGIN, **PULL_ANYWHERE}


def tried(client: Any, calls: Calls, *given: Any) -> Iterator[tuple[str, str]]:
    """Each call made with this client: (action, what IAM said; "" where it let it pass)."""
    for action, call in calls.items():
        try:
            call(client, *given)
        except client.exceptions.ClientError as error:
            denied = error.response["Error"]
            yield action, denied["Message"] if denied["Code"].startswith("AccessDenied") else ""
        else:
            yield action, ""
