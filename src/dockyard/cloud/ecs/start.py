"""Whether a task can start, and why not: way out of the subnet, execution role's rights, image, log group.

Knows nothing about the stages of a task's life; it says what stops one, in the words of
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dockyard.cloud.ecr.service import Ecr, ImageFound
from dockyard.cloud.ecs.base import EcsRecords
from dockyard.cloud.ecs.fargate import is_ecr
from dockyard.cloud.ecs.loading import runs_on
from dockyard.cloud.ecs.state import Task, TaskDefinition
from dockyard.cloud.logs.service import Logs
from dockyard.cloud.network import gets_out

MEGABYTE = 1_000_000
#: Our model of a pull: 50 MB a second and five seconds of set-up.
PULL_BYTES_PER_SECOND = 50 * MEGABYTE
PULL_SETUP_SECONDS = 5.0
#: What a public image weighs when nobody measured it.
PUBLIC_IMAGE_BYTES = 60 * MEGABYTE
#: How long ECS tries before it gives up, in our model.
GIVES_UP_AFTER = 20.0
#: Images of Docker Hub and ECR Public that the simulator knows to exist, by repository name.
PUBLIC_IMAGES = frozenset(
    {"python", "nginx", "httpd", "busybox", "alpine", "debian", "ubuntu", "redis", "amazonlinux", "hello-world"}
)
CANNOT_PULL = "CannotPullContainerError: pull image manifest has been retried 7 time(s): "
CANNOT_COPY = (
    "CannotPullContainerError: ref pull has been retried 7 time(s): failed to copy: httpReadSeeker: failed open: "
    "unexpected status code "
)
NO_REGISTRY = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
    "unable to retrieve ecr registry auth: service call has been retried 3 time(s): "
)
NO_SECRET = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
    "unable to retrieve secret from asm: service call has been retried 1 time(s): "
)
NO_LOG = "ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log stream: "


@dataclass(slots=True, frozen=True)
class Pull:
    """What pulling the images takes in seconds; `obstacle` is the stop reason when the task cannot start."""

    seconds: float
    obstacle: str = ""


class Start:
    """One task about to pull its images."""

    def __init__(self, ecs: EcsRecords, task: Task, definition: TaskDefinition) -> None:
        self.ecs = ecs
        self.definition = definition
        self.role: str = definition.document.get("executionRoleArn", "")
        self.interface = ecs.network.interfaces.get(task.interface)
        self.images: list[str] = [task.images.get(one["name"], one["image"]) for one in definition.containers]

    def pull(self) -> Pull:
        """How long pulling takes, or what prevents it."""
        obstacle = self._no_way_to_registry() or self._no_token() or self._no_secret()
        seconds = PULL_SETUP_SECONDS
        for image in self.images:
            pulled = Pull(0, obstacle) if obstacle else self._image(image)
            seconds, obstacle = seconds + pulled.seconds, pulled.obstacle
        obstacle = obstacle or self._no_log()
        return Pull(GIVES_UP_AFTER if obstacle else seconds, obstacle)

    def _may(self, action: str, resource: str) -> str:
        """Why the execution role may not do this ("" when it may)."""
        objection = self.ecs.neighbours.objection(self.role, action, resource)
        if objection is None:
            return ""
        user = f"arn:aws:sts::{self.ecs.account.id}:assumed-role/{self.role.rsplit('/', 1)[-1]}/ecs-task"
        return (
            f"AccessDeniedException: User: {user} is not authorized to perform: {action} on resource: {resource} "
            f"{objection}"
        )

    def _reaches(self, service: str) -> bool:
        return self.interface is None or gets_out(self.ecs.neighbours, self.ecs.region, self.interface, service)

    def _no_way_to_registry(self) -> str:
        ours = any(map(is_ecr, self.images))
        if ours and not self._reaches("ecr.api"):
            host = f"https://api.ecr.{self.ecs.region}.amazonaws.com/"
            return f'{NO_REGISTRY}RequestError: send request failed caused by: Post "{host}": dial tcp: i/o timeout'
        for service in ("ecr.dkr", "s3") if ours else ("docker.io",):
            if not self._reaches(service):
                return f"{CANNOT_PULL}failed to resolve ref {_whole(self.images[0])}: dial tcp {service}: i/o timeout"
        return ""

    def _no_token(self) -> str:
        denied = self._may("ecr:GetAuthorizationToken", "*") if any(map(is_ecr, self.images)) else ""
        return f"{NO_REGISTRY}{denied}" if denied else ""

    def _no_secret(self) -> str:
        for secret in (one for container in self.definition.containers for one in container.get("secrets", [])):
            reference = secret["valueFrom"]
            problem = self._may("secretsmanager:GetSecretValue", reference)
            if not problem and not self.ecs.neighbours.secret_exists(self.ecs.region, reference):
                problem = "ResourceNotFoundException: Secrets Manager can't find the specified secret."
            if problem:
                return f"{NO_SECRET}failed to fetch secret {reference}: {problem}"
        return ""

    def _image(self, image: str) -> Pull:
        if not is_ecr(image):
            return self._public_image(image)
        found = self.ecs.peer(Ecr).resolve(image)
        if found is None:
            return Pull(0, f"{CANNOT_PULL}failed to resolve ref {image}: {image}: not found")
        if denied := self._may("ecr:BatchGetImage", found.repository_arn):
            return Pull(0, f"{CANNOT_PULL}failed to resolve ref {image}: unexpected status: 403 Forbidden: {denied}")
        if self._may("ecr:GetDownloadUrlForLayer", found.repository_arn):
            return Pull(0, f"{CANNOT_COPY}{_blob(found)}: 403 Forbidden")
        wanted = self.definition.architecture
        if found.is_index and not runs_on(self.definition, found):  # a lone manifest is pulled, whatever it is for
            return Pull(
                0, f"{CANNOT_PULL}image Manifest does not contain descriptor matching platform 'linux/{wanted}'"
            )
        return Pull(max(found.size_bytes, found.nominal_bytes) / PULL_BYTES_PER_SECOND)

    @staticmethod
    def _public_image(image: str) -> Pull:
        name = image.split("@")[0].rsplit("/", 1)[-1].split(":")[0]
        if name in PUBLIC_IMAGES:
            return Pull(PUBLIC_IMAGE_BYTES / PULL_BYTES_PER_SECOND)
        missing = "pull access denied, repository does not exist or may require authorization"
        return Pull(0, f"{CANNOT_PULL}failed to resolve ref {_whole(image)}: {missing}")

    def _no_log(self) -> str:
        for container in self.definition.containers:
            log = container.get("logConfiguration") or {}
            if log.get("logDriver") == "awslogs" and (problem := self._log_problem(log["options"])):
                return f"{NO_LOG}{problem}"
        return ""

    def _log_problem(self, options: dict[str, Any]) -> str:
        group, region = options["awslogs-group"], options.get("awslogs-region", self.ecs.region)
        logs = self.ecs.simulation.service(Logs, region)
        arn = f"arn:aws:logs:{region}:{self.ecs.account.id}:log-group:{group}"
        if not self._reaches("logs"):
            return (
                f'RequestError: send request failed caused by: Post "https://logs.{region}.amazonaws.com/": i/o timeout'
            )
        if not logs.group_exists(group):
            if options.get("awslogs-create-group") != "true":
                return f"ResourceNotFoundException: The specified log group does not exist. ({group})"
            if denied := self._may("logs:CreateLogGroup", arn):
                return denied
            logs.create_log_group({"logGroupName": group})
        return self._may("logs:CreateLogStream", arn)


def _whole(image: str) -> str:
    """The name with its registry: without one it means Docker Hub, where official images lie under `library/`."""
    first, slash, _ = image.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first):
        return image
    return f"docker.io/{image}" if slash else f"docker.io/library/{image}"


def _blob(found: ImageFound) -> str:
    """Where the first blob of an image is fetched: the manifest was read, so its name was resolved."""
    _, _, _, region, account, resource = found.repository_arn.split(":", 5)
    name = resource.removeprefix("repository/")
    return f"https://{account}.dkr.ecr.{region}.amazonaws.com/v2/{name}/blobs/{found.blob}"
