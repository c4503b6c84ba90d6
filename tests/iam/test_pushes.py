"""Pushes and pulls by people whom the learner created: the token says who they are, and each request is asked."""

from __future__ import annotations

import base64
import http.client
import json
from pathlib import Path
from typing import Any

import boto3
import docker
import pytest
from running import Running, running

LOGIN = {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
PUSH = ("BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage")


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def may(*actions: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": [f"ecr:{one}" for one in actions], "Resource": resource}


def ecr_of(sandbox: Running, keys: dict[str, Any]) -> Any:
    return boto3.client(
        "ecr", "us-east-1", endpoint_url=sandbox.variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
    )  # fmt: skip


def login(ecr: Any) -> dict[str, str]:
    """What `docker login` keeps."""
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(token).decode().partition(":")
    return {"username": user, "password": password}


def pushed(engine: docker.DockerClient, uri: str, tag: str, auth: dict[str, str]) -> str:
    """What a push ends with: "" when it went well, else the error that docker prints."""
    lines = list(engine.images.push(uri, tag, auth_config=auth, stream=True, decode=True))
    return str(lines[-1].get("error", ""))


def test_who_may_push_pushes(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--seed", "push") as sandbox:
        iam, ecr = sandbox.client("iam"), sandbox.client("ecr")
        made = ecr.create_repository(repositoryName="iris")["repository"]
        uri, arn = made["repositoryUri"], made["repositoryArn"]
        iam.create_user(UserName="ann")
        keys = iam.create_access_key(UserName="ann")["AccessKey"]
        who = f"User: {iam.get_user(UserName='ann')['User']['Arn']} is not authorized to perform:"
        anns = ecr_of(sandbox, keys)
        with pytest.raises(anns.exceptions.ClientError, match="ecr:GetAuthorizationToken on resource: \\* because"):
            anns.get_authorization_token()

        def policy(*statements: dict[str, Any]) -> None:
            iam.put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=document(*statements))

        policy(LOGIN)
        auth = login(anns)
        engine = docker.DockerClient(sandbox.variables["DOCKER_HOST"])
        (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\nCOPY Dockerfile /Dockerfile\n")
        engine.images.build(path=str(tmp_path), tag=f"{uri}:1")
        assert pushed(engine, uri, "1", auth) == (
            f"denied: {who} ecr:InitiateLayerUpload on resource: {arn} because no identity-based policy allows the "
            "ecr:InitiateLayerUpload action"
        )
        policy(LOGIN, may(*PUSH, resource=arn.replace("iris", "other")))
        assert "ecr:InitiateLayerUpload" in pushed(engine, uri, "1", auth)
        policy(LOGIN, may(*PUSH[:-1], resource=arn))
        assert pushed(engine, uri, "1", auth).startswith(f"denied: {who} ecr:PutImage on resource: {arn}")
        policy(LOGIN, may(*PUSH, resource=arn))
        assert pushed(engine, uri, "1", auth) == ""
        with pytest.raises(docker.errors.APIError, match="ecr:BatchGetImage"):
            engine.images.pull(uri, "1", auth_config=auth)

        # the repository's own policy gives what hers do not, and takes from everybody, the learner too
        give = {"Effect": "Allow", "Principal": {"AWS": keys_arn(iam)}, "Action": "ecr:*"}
        ecr.set_repository_policy(repositoryName="iris", policyText=document(give))
        assert engine.images.pull(uri, "1", auth_config=auth).tags
        never = {"Effect": "Deny", "Principal": "*", "Action": ["ecr:PutImage", "ecr:DeleteRepository"]}
        ecr.set_repository_policy(repositoryName="iris", policyText=document(give, never))
        for client_auth in (auth, login(ecr)):
            error = pushed(engine, uri, "1", client_auth)
            assert error.endswith(f"ecr:PutImage on resource: {arn} with an explicit deny in a resource-based policy")
        with pytest.raises(ecr.exceptions.ClientError, match="explicit deny in a resource-based policy"):
            ecr.delete_repository(repositoryName="iris", force=True)
        ecr.delete_repository_policy(repositoryName="iris")
        assert pushed(engine, uri, "1", login(ecr)) == ""
        engine.close()

        lines = sandbox.control("GET", "journal")[1]["lines"]
        refused = [one["operation"] for one in lines if one.get("denied") and one["service"] == "ecr"]
        assert refused[:3] == ["GetAuthorizationToken", "BatchCheckLayerAvailability", "InitiateLayerUpload"]
        state = sandbox.control("GET", "state")[1]
    (tmp_path / "data" / "snapshot.pickle").unlink()
    with running(tmp_path / "data") as again:
        assert again.control("GET", "state")[1] == state


def keys_arn(iam: Any) -> str:
    return str(iam.get_user(UserName="ann")["User"]["Arn"])


def test_a_token_tells_nothing_to_who_is_gone(tmp_path: Path) -> None:
    with running(tmp_path, "--seed", "gone") as sandbox:
        iam, ecr = sandbox.client("iam"), sandbox.client("ecr")
        uri = ecr.create_repository(repositoryName="iris")["repository"]["repositoryUri"]
        iam.create_user(UserName="ann")
        iam.put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=document(may("*")))
        keys = iam.create_access_key(UserName="ann")["AccessKey"]
        auth = login(ecr_of(sandbox, keys))

        def tags() -> int:
            basic = base64.b64encode(f"{auth['username']}:{auth['password']}".encode()).decode()
            connection = http.client.HTTPConnection("127.0.0.1", sandbox.port)
            name = uri.split("/", 1)[1]
            connection.request("GET", f"/v2/{name}/tags/list", headers={"Authorization": f"Basic {basic}"})
            with connection.getresponse() as response:
                status = response.status
            connection.close()
            return status

        assert tags() == 200
        iam.delete_access_key(UserName="ann", AccessKeyId=keys["AccessKeyId"])
        iam.delete_user_policy(UserName="ann", PolicyName="own")
        iam.delete_user(UserName="ann")
        assert tags() == 403
