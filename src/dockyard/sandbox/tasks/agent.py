"""ECS's agent: it answers a task's containers with their task role's credentials, and with what they are.

Knows nothing about how containers run. Its addresses are secrets: whoever has one is the container it was made for.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from dockyard.cloud.ecs.service import Ecs
from dockyard.sandbox import wire
from dockyard.sandbox.direct import direct_client
from dockyard.sandbox.edge import Receive, Scope, Send, reply
from dockyard.sandbox.host import Host
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.tasks.metadata import of_container, of_task
from dockyard.sandbox.tasks.orders import ContainerOrder, TaskOrder
from dockyard.sandbox.worlds import World

#: Credentials that are good for fewer seconds than this are issued anew: SDKs ask again a quarter of an hour before.
RENEWED = 1200.0
UNKNOWN = {"message": "ECS's agent has no such container, or has nothing to say of this name."}


@dataclass(frozen=True, slots=True)
class _Container:
    region: str
    task: str
    role: str
    name: str


class TaskAgent:
    """The one of an account. A role's session begins, in the journal, when the task first asks for its credentials."""

    def __init__(self, host: Host, learner: Learner) -> None:
        self._host = host
        self._learner = learner
        self._containers: dict[str, _Container] = {}
        self._issued: dict[str, tuple[World, dict[str, Any]]] = {}

    def admit(self, order: TaskOrder, container: ContainerOrder) -> str:
        """Answer a container of a task from now on; returns the path of its metadata."""
        identifier = str(uuid.uuid4())
        self._containers[identifier] = _Container(order.region, order.id, order.role, container.name)
        return f"/_ecs/v4/{identifier}"

    def forget(self, task: str) -> None:
        """Answer no container of a task any more."""
        self._containers = {key: one for key, one in self._containers.items() if one.task != task}
        self._issued.pop(task, None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        del receive
        identifier, _, what = scope["path"].removeprefix("/_ecs/v4/").partition("/")
        container = self._containers.get(identifier)
        found = self._found(container, what) if container and scope["method"] == "GET" else None
        body = json.dumps(found or UNKNOWN).encode()
        await reply(send, HttpResponse(200 if found else 404, {"content-type": "application/json"}, body))

    def _found(self, container: _Container, what: str) -> dict[str, Any] | None:
        if what == "credentials":
            return self._credentials(container) if container.role else None
        if what not in ("", "task"):
            return None
        with self._host.lock:
            ecs = self._learner.world.cloud.service(Ecs, container.region)
            task = ecs.ecs.tasks.get(container.task)
            if task is None:
                return None
            shape, definition = ecs.task_shape(task), ecs.ecs.definitions[task.definition]
        return of_container(shape, definition, container.name) if not what else of_task(shape, definition)

    def _credentials(self, container: _Container) -> dict[str, Any] | None:
        """The session of the task, begun or renewed where need be; None where the role can no longer be assumed."""
        world, issued = self._issued.get(container.task, (None, {}))
        if world is not self._learner.world or _left(issued) < RENEWED:
            sts = direct_client("sts", container.region, self._change)
            try:
                issued = sts.assume_role(RoleArn=container.role, RoleSessionName=container.task)["Credentials"]
            except ClientError:
                return None
            self._issued[container.task] = (self._learner.world, issued)
        return {
            "RoleArn": container.role,
            "AccessKeyId": issued["AccessKeyId"],
            "SecretAccessKey": issued["SecretAccessKey"],
            "Token": issued["SessionToken"],
            "Expiration": f"{issued['Expiration']:%Y-%m-%dT%H:%M:%SZ}",
        }

    def _change(self, http: HttpRequest) -> HttpResponse:
        call = wire.recognise(http.method, http.path, http.query, http.headers, http.body)
        with self._host.lock:
            return self._learner.answer(call, http, "")


def _left(issued: dict[str, Any]) -> float:
    expires: datetime = issued["Expiration"]
    return expires.timestamp() - time.time()
