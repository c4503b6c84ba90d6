"""The account's picture as an outline of text: what exists, and under each thing what hangs together with it.

Knows nothing about drawing.
"""

from __future__ import annotations

from typing import Any

from dockyard.display.moments import day_and_time

__all__ = [
    "NOTHING", "at_most", "by_zone", "counts_words", "empty", "idle", "images_words", "outline", "repositories_of",
    "scaling_words", "size_words", "target_words", "task_words",
]  # fmt: skip

NOTHING = (
    "Nothing is here yet: no repository, no task definition, no service, no load balancer. Create one and look again."
)
_KINDS = ("repositories", "definitions", "services", "tasks", "groups", "balancers", "alarms")
_TASKS = {"RUNNING": "● running", "STOPPED": "○ stopped"}
_LINES = 12
_STARTING = ("PROVISIONING", "PENDING", "ACTIVATING")
_TARGETS = {"healthy": "✓ healthy", "unhealthy": "✗ unhealthy", "draining": "○ draining"}


def empty(picture: dict[str, Any]) -> bool:
    """Whether there is nothing to draw."""
    return not any(picture[kind] for kind in _KINDS)


def outline(picture: dict[str, Any]) -> str:
    """What GET /_dockyard/picture tells, as lines; a sentence where nothing exists."""
    if empty(picture):
        return NOTHING
    head = f"Account {picture['account']}, {picture['region']}, simulated time {day_and_time(picture['now'])}"
    parts = [_repositories, _definitions, _services, _lone_tasks, _groups, _balancers, _alarms]
    return "\n".join([head, *(line for part in parts for line in part(picture))])


def task_words(task: dict[str, Any]) -> str:
    """A task's state with a mark before the word."""
    status = task["status"]
    return _TASKS.get(status) or (f"◐ {status.lower()}" if status in _STARTING else f"○ {status.lower()}")


def target_words(target: dict[str, Any]) -> str:
    """A target's health with a mark before the word."""
    return _TARGETS.get(target["state"], f"◐ {target['state']}")


def repositories_of(picture: dict[str, Any], definition: dict[str, Any]) -> list[str]:
    """The account's repositories that a task definition's images come from."""
    names = {_repository(image) for image in definition["images"]}
    return [one["name"] for one in picture["repositories"] if one["name"] in names]


def _repository(image: str) -> str:
    """`team/api` of `127.0.0.1:4566/123456789012/team/api:1`."""
    path = image.partition("@")[0].split("/", 2)[-1]
    return path.partition(":")[0]


def _repositories(picture: dict[str, Any]) -> list[str]:
    return [f"repository {one['name']}: {images_words(one)}" for one in picture["repositories"]]


def images_words(repository: dict[str, Any]) -> str:
    """How many images, and their tags."""
    count = len(repository["images"])
    tags = [tag for image in repository["images"] for tag in image["tags"]]
    told = "no image yet" if not count else f"{count} image{'s' if count > 1 else ''}"
    return f"{told}, tagged {', '.join(tags)}" if tags else told


def _definitions(picture: dict[str, Any]) -> list[str]:
    aside = idle(picture)
    lines = [
        f"task definition {one['name']}: {size_words(one)}, image {', '.join(one['images'])}"
        for one in picture["definitions"]
        if one["name"] not in aside
    ]
    return [*lines, f"task definitions of which nothing runs: {', '.join(aside)}"] if aside else lines


def idle(picture: dict[str, Any]) -> list[str]:
    """The task definitions that stand aside: several of which nothing runs, where something runs of another."""
    unused = [one["name"] for one in picture["definitions"] if not one["used"]]
    return unused if 1 < len(unused) < len(picture["definitions"]) else []


def size_words(definition: dict[str, Any]) -> str:
    """`1 vCPU, 2 GB`."""
    return f"{definition['vcpus']:g} vCPU, {definition['memory'] / 1024:g} GB"


def _services(picture: dict[str, Any]) -> list[str]:
    lines = []
    for one in picture["services"]:
        lines.append(f"service {one['name']} of {', '.join(one['definitions'])}: {counts_words(one)}")
        tasks = [f"  task {task['id'][:8]} in {task['zone']}: {task_words(task)}" for task in by_zone(one["tasks"])]
        lines += at_most(tasks)
        if one["scaling"]:
            policies = ", ".join(each["name"] for each in one["scaling"]["policies"]) or "no policy yet"
            lines.append(f"  {scaling_words(one)}: {policies}")
    return lines


def at_most(lines: list[str]) -> list[str]:
    """The first lines, and how many more there are: a service may run thousands of tasks."""
    hidden = len(lines) - _LINES
    return lines if hidden <= 1 else [*lines[:_LINES], f"  and {hidden} more"]


def by_zone(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tasks in the order of their zones."""
    return sorted(tasks, key=lambda one: (one["zone"], one["id"]))


def counts_words(service: dict[str, Any]) -> str:
    """`runs 2 of 2 desired`, and whether a deployment is on its way or failed."""
    running = sum(task["status"] == "RUNNING" for task in service["tasks"])
    rollout = {"IN_PROGRESS": ", rolling out", "FAILED": ", roll-out failed"}.get(service["rollout"], "")
    return f"runs {running} of {service['desired']} desired{rollout}"


def scaling_words(service: dict[str, Any]) -> str:
    """`scales from 2 to 10`."""
    return f"scales from {service['scaling']['minimum']} to {service['scaling']['maximum']}"


def _lone_tasks(picture: dict[str, Any]) -> list[str]:
    return [
        f"task {one['id'][:8]} of {one['definition']} in {one['zone']}: {task_words(one)}" for one in picture["tasks"]
    ]


def _groups(picture: dict[str, Any]) -> list[str]:
    lines = []
    for one in picture["groups"]:
        lines.append(f"target group {one['name']}, checked by {one['check']}: {len(one['targets'])} targets")
        targets = [f"  target {each['address']}:{each['port']}: {target_words(each)}" for each in one["targets"]]
        lines += at_most(targets)
    return lines


def _balancers(picture: dict[str, Any]) -> list[str]:
    return [
        f"load balancer {one['name']}: {one['state']}, listens on {', '.join(one['listeners']) or 'nothing yet'}, "
        f"sends to {', '.join(one['groups']) or 'nobody yet'}"
        for one in picture["balancers"]
    ]


def _alarms(picture: dict[str, Any]) -> list[str]:
    return [
        f"alarm {one['name']}: {one['state']} ({one['rule']})"
        + (f", calls {', '.join(one['policies'])}" if one["policies"] else ", calls nobody")
        for one in picture["alarms"]
    ]
