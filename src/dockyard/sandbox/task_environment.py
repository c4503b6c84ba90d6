"""What a task's container finds in its environment beside its definition: secrets, and AWS as its task role.

Knows nothing about containers. What it asks of the account it asks as ECS does; a role's session is journaled.
"""

from __future__ import annotations

import json
import time
from typing import Any

from botocore.exceptions import ClientError

from dockyard.errors import AwsError
from dockyard.sandbox import wire
from dockyard.sandbox.direct import direct_client
from dockyard.sandbox.host import Host
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.learner import Learner

#: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME` and then, each may be empty, JSON key, stage and version.
_ARN_PARTS = 7


class TaskEnvironment:
    """Environments for the tasks of one account. `endpoint` is where AWS answers them."""

    def __init__(self, host: Host, learner: Learner, endpoint: str) -> None:
        self._host = host
        self._learner = learner
        self._endpoint = endpoint

    def secrets(self, region: str, container: dict[str, Any]) -> dict[str, str]:
        """The values of a container's secrets by the names they have there; one that cannot be read is left out."""
        found = {one["name"]: self._secret(region, one["valueFrom"]) for one in container.get("secrets", [])}
        return {name: value for name, value in found.items() if value is not None}

    def aws(self, region: str, role: str, task: str) -> dict[str, str]:
        """Where AWS is, and credentials of the task role (none without a role)."""
        known = {"AWS_ENDPOINT_URL": self._endpoint, "AWS_DEFAULT_REGION": region, "AWS_REGION": region}
        known |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"}
        if not role:
            return known
        try:
            sts = direct_client("sts", region, self._change)
            issued = sts.assume_role(RoleArn=role, RoleSessionName=task)["Credentials"]
        except ClientError:
            return known
        return {
            **known,
            "AWS_ACCESS_KEY_ID": issued["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": issued["SecretAccessKey"],
            "AWS_SESSION_TOKEN": issued["SessionToken"],
        }

    def _secret(self, region: str, reference: str) -> str | None:
        parts = reference.split(":")
        name, (key, stage, version) = reference, ("", "", "")
        if reference.startswith("arn:") and len(parts) > _ARN_PARTS:
            name, (key, stage, version) = ":".join(parts[:_ARN_PARTS]), (*parts[_ARN_PARTS:], "", "", "")[:3]
        asked = {"SecretId": name, **({"VersionStage": stage} if stage else {})}
        try:
            client = direct_client("secretsmanager", region, self._look)
            text = client.get_secret_value(**asked, **({"VersionId": version} if version else {}))["SecretString"]
            return str(json.loads(text)[key]) if key else str(text)
        except (ClientError, ValueError, LookupError, TypeError):
            return None

    def _look(self, http: HttpRequest) -> HttpResponse:
        call = wire.recognise(http.method, http.path, http.query, http.headers, http.body)
        if self._host.localstack is not None and self._host.asks_outside(call.service):
            try:
                return self._host.localstack.answer(call, http, self._learner.birth.account)
            except AwsError as error:
                return self._learner.world.refused(call, error, "outside")
        with self._host.lock:
            return self._learner.world.handle(call, http, seed="look", wall=time.time(), changes=False).response

    def _change(self, http: HttpRequest) -> HttpResponse:
        call = wire.recognise(http.method, http.path, http.query, http.headers, http.body)
        with self._host.lock:
            return self._learner.answer(call, http, "")
