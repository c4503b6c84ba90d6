"""What is known of an image: what it does when it runs as a container definition says.

Knows nothing about who observed it. A fact is a yes, a no or a code, never a timing, so that whoever plays it plays the
same. A file of facts is a cache between accounts: `as_json` and `read` are its shape, and the journal's.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

#: Memory is told in steps of so many MiB: two observations of one image give the same fact.
MEMORY_STEP = 64
#: What Docker and ECS say of a container that SIGKILL or the kernel's memory limit ended.
KILLED = 137


@dataclass(slots=True, frozen=True)
class ImageFacts:
    """`exit_code` None: it keeps running. `lines`: the last it wrote at its start. `user`: as whom it ran.

    `ports` are open to any address, `loopback` to itself only. `answers`: path → HTTP status of a GET, or NO_ANSWER of
    `network`; `checks`: container health check → whether it passed. `memory`: the MiB it held, rounded up (0: nobody
    measured); `out_of_memory`: it was killed at a limit of `memory` MiB, and nothing else is known. `stop_code`: its
    exit code after SIGTERM, None where it had to be killed.
    """

    exit_code: int | None = None
    lines: tuple[str, ...] = ()
    user: str = ""
    ports: tuple[int, ...] = ()
    loopback: tuple[int, ...] = ()
    answers: dict[str, int] = field(default_factory=dict)
    checks: dict[str, bool] = field(default_factory=dict)
    memory: int = 0
    out_of_memory: bool = False
    stop_code: int | None = 143

    @classmethod
    def read(cls, told: dict[str, Any]) -> ImageFacts:
        """The facts that `as_json` wrote. Raises TypeError or KeyError for what it did not."""
        lists = {name: tuple(told[name]) for name in ("lines", "ports", "loopback")}
        return cls(**{**told, **lists})

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON values."""
        return dataclasses.asdict(self)

    def fits(self, limit: int) -> bool:
        """Whether it runs within so many MiB."""
        if self.out_of_memory:
            return limit > self.memory
        return self.memory - MEMORY_STEP < limit

    def answers_all(self, asked: Asked) -> bool:
        """Whether every question has its answer."""
        if self.out_of_memory:
            return asked.memory <= self.memory
        return self.exit_code is not None or (
            set(asked.paths) <= set(self.answers) and set(asked.checks) <= set(self.checks)
        )


@dataclass(slots=True, frozen=True)
class Asked:
    """What is to be found out: how `image` (by digest) does as `container` (a definition, overrides applied) says.

    `key` names the pair. `paths` are to be got, `checks` to be passed; `memory` is the limit in MiB, `vcpus` the CPU.
    """

    key: str
    image: str
    container: dict[str, Any]
    paths: tuple[str, ...]
    checks: tuple[str, ...]
    memory: int
    vcpus: float


def key_of(digest: str, container: dict[str, Any]) -> str:
    """What facts are kept by: the image's digest and, in short, all that decides how the container runs."""
    names = ("command", "entryPoint", "workingDirectory", "user")
    decisive: dict[str, Any] = {name: container[name] for name in names if container.get(name)}
    decisive["environment"] = {one["name"]: one.get("value", "") for one in container.get("environment", [])}
    decisive["secrets"] = {one["name"]: one["valueFrom"] for one in container.get("secrets", [])}
    decisive["ports"] = sorted(ports_of(container))
    text = json.dumps(decisive, sort_keys=True)
    return f"{digest} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def ports_of(container: dict[str, Any]) -> list[int]:
    """The ports that a container definition names."""
    return [one["containerPort"] for one in container.get("portMappings", []) if "containerPort" in one]


def check_of(container: dict[str, Any]) -> str:
    """A definition's health check as one text ("" where it has none)."""
    command = (container.get("healthCheck") or {}).get("command") or []
    return json.dumps(command) if command and command != ["NONE"] else ""


def overridden(container: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """A container definition as RunTask's `overrides` change it: command, environment, cpu and memory.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html
    """
    mine = [one for one in overrides.get("containerOverrides", []) if one.get("name") == container["name"]]
    for one in mine:
        environment = {pair["name"]: pair for pair in (*container["environment"], *one.get("environment", []))}
        changed = {name: one[name] for name in ("command", "cpu", "memory") if one.get(name)}
        container = {**container, **changed, "environment": list(environment.values())}
    return container
