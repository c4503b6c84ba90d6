"""What a task's container finds in its environment beside its definition: secrets, and the way to AWS.

Knows nothing about processes. What it asks of the account it asks as ECS does.
"""

from __future__ import annotations

import json
import time
from typing import Any

from botocore.exceptions import ClientError

from dockyard.errors import AwsError
from dockyard.runtime.outside import Outside
from dockyard.sandbox import wire
from dockyard.sandbox.direct import direct_client
from dockyard.sandbox.host import Host
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.tasks.agent import TaskAgent
from dockyard.sandbox.tasks.orders import ContainerOrder, TaskOrder

#: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME` and then, each may be empty, JSON key, stage and version.
_ARN_PARTS = 7


class TaskEnvironment:
    """Environments for the tasks of one account; AWS answers on a `port` of this machine."""

    def __init__(self, host: Host, learner: Learner, agent: TaskAgent, port: int) -> None:
        self._host = host
        self._learner = learner
        self._agent = agent
        self._endpoint = f"http://127.0.0.1:{port}"
        #: all that a task reaches of this machine
        self.outside = (Outside(port),)

    def secrets(self, region: str, container: dict[str, Any]) -> dict[str, str]:
        """The values of a container's secrets by the names they have there; one that cannot be read is left out."""
        found = {one["name"]: self._secret(region, one["valueFrom"]) for one in container.get("secrets", [])}
        return {name: value for name, value in found.items() if value is not None}

    def aws(self, order: TaskOrder, container: ContainerOrder) -> dict[str, str]:
        """Where AWS and ECS's agent are; the agent gives the task role's credentials to whoever asks for them.

        SDKs take the address whole from the second of ECS's two variables, and only if the first is not there.
        """
        agent = f"{self._endpoint}{self._agent.admit(order, container)}"
        role = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{agent}/credentials"} if order.role else {}
        return {
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_DEFAULT_REGION": order.region,
            "AWS_REGION": order.region,
            "AWS_EC2_METADATA_DISABLED": "true",  # in the plain isolation this machine may be one of EC2's
            "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
            "ECS_CONTAINER_METADATA_URI_V4": agent,
            **role,
        }

    def forget(self, task: str) -> None:
        """A task has ended: its containers get no more credentials."""
        self._agent.forget(task)

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
