"""`docker login`: only a token of ECR opens the registry, for 12 hours, and only the caller's own account."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from dockyard.errors import RegistryError
from dockyard.sandbox.registry import Tokens, authorization_token

HERE, ACCOUNT = "us-east-1", "123456789012"
LEARNER = f"arn:aws:iam::{ACCOUNT}:user/learner"


def password_of(token: str) -> str:
    return base64.b64decode(token).decode().partition(":")[2]


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_the_token_is_the_password_of_aws(registry: Any) -> None:
    answer = registry.ask("GET", "/v2/", Authorization=basic("AWS", password_of(registry.token)))
    assert answer.status == 200
    assert answer.headers["Docker-Distribution-Api-Version"] == "registry/2.0"


def test_no_credentials_are_asked_for(registry: Any) -> None:
    answer = registry.ask("GET", "/v2/", Authorization="")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert answer.error["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize("spoil", ["user", "password", "signature", "not base64", "other key"])
def test_a_wrong_password_is_a_bad_request(registry: Any, spoil: str) -> None:
    password = password_of(registry.token)
    headers = {
        "user": basic("learner", password),
        "password": basic("AWS", "hunter2"),
        "signature": basic("AWS", base64.b64encode(base64.b64decode(password)[:-1] + b"!").decode()),
        "not base64": "Basic ÿ%%%",
        "other key": "Basic " + Tokens(b"another").issue(ACCOUNT, HERE, LEARNER, 1_900_000_000.0)[0],
    }
    answer = registry.ask("GET", "/v2/", Authorization=headers[spoil])
    assert answer.status == 400
    assert answer.error["code"] == "UNAUTHORIZED"


def test_a_token_lives_twelve_hours_of_the_wall_clock(registry: Any, wall: Any) -> None:
    wall.now += 12 * 3600 - 1
    assert registry.ask("GET", "/v2/").status == 200
    wall.now += 1
    answer = registry.ask("GET", "/v2/")
    assert answer.status == 403
    assert answer.error["code"] == "DENIED"
    assert answer.error["message"] == "Your authorization token has expired. Reauthenticate and try again."


def test_a_forged_region_is_no_token(registry: Any) -> None:
    content, _, signature = base64.b64decode(password_of(registry.token)).decode().rpartition(".")
    forged = content.replace("us-east-1", "eu-west-1") + "." + signature
    with pytest.raises(RegistryError) as caught:
        registry.tokens.check(base64.b64encode(b"AWS:" + base64.b64encode(forged.encode())).decode(), 1_900_000_000.0)
    assert caught.value.status == 400


def test_a_name_is_looked_for_in_the_region_of_the_token(registry: Any, credit: str) -> None:
    elsewhere, _ = registry.tokens.issue(ACCOUNT, "eu-west-1", LEARNER, 1_900_000_000.0)
    answer = registry.ask("GET", f"/v2/{credit}/tags/list", Authorization=f"Basic {elsewhere}")
    assert answer.status == 404
    assert answer.error["code"] == "NAME_UNKNOWN"
    assert answer.error["message"] == (
        f"The repository with name 'credit' does not exist in the registry with id '{ACCOUNT}'"
    )


def test_another_account_is_denied(registry: Any) -> None:
    answer = registry.ask("POST", "/v2/999999999999/credit/blobs/uploads/")
    assert answer.status == 403
    assert answer.error["code"] == "DENIED"
    assert answer.error["message"].startswith(f"User: {LEARNER} is not authorized to perform: ecr:InitiateLayerUpload")


def test_a_name_without_the_account_is_unknown_and_says_how_names_read(registry: Any) -> None:
    answer = registry.ask("POST", "/v2/credit/blobs/uploads/")
    assert answer.status == 404
    assert f"{ACCOUNT}/credit" in answer.error["message"]


def test_the_answer_of_get_authorization_token() -> None:
    answer = authorization_token(Tokens(b"key"), ACCOUNT, HERE, LEARNER, "127.0.0.1:4566", 1000.0)
    (data,) = answer["authorizationData"]
    assert data["expiresAt"] == 1000.0 + 12 * 3600
    assert data["proxyEndpoint"] == "http://127.0.0.1:4566"
    claims = Tokens(b"key").check(data["authorizationToken"], 1001.0)
    assert (claims.account, claims.region, claims.principal) == (ACCOUNT, HERE, LEARNER)
    assert json.dumps(answer)


def test_the_catalog_is_refused_with_a_sentence(registry: Any) -> None:
    answer = registry.ask("GET", "/v2/_catalog")
    assert answer.status == 405
    assert "describe-repositories" in answer.error["message"]
