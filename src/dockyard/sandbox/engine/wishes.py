"""`docker create`'s words become what the runtime is to make; what it cannot make is refused or warned of.

Knows nothing about containers that exist.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dockyard.errors import EngineError
from dockyard.runtime.outside import Outside
from dockyard.runtime.wanted import HealthCheck, Mount, Published, Wanted
from dockyard.sandbox.engine.asked import Asked

__all__ = ["environment", "warnings", "wish"]

_ANY = "127.0.0.1"  # where Docker listens on every address, this engine listens for this machine alone
_SMALLEST_MEMORY = 6 << 20
_HOST_GATEWAY = "host.docker.internal:host-gateway"

_REFUSED = {
    "Privileged": "--privileged is not offered: a container here is a process without any privilege",
    "CapAdd": "--cap-add is not offered: a container here has no privilege that could be added to",
    "Devices": "--device is not offered: a container here sees no devices of this machine",
    "DeviceRequests": "--gpus is not offered: a container here sees no devices of this machine",
    "VolumesFrom": "--volumes-from is not offered: name the volume for both containers with -v NAME:/PATH",
    "Links": "--link is not offered: share a loopback with --network container:NAME",
    "Tmpfs": "--tmpfs is not offered: use a volume, -v NAME:/PATH",
    "CgroupParent": "--cgroup-parent is not offered: limit a container with --memory and --cpus",
}
_SHARED = {
    "PidMode": "--pid is not offered: a container here sees its own processes; docker top shows them from outside",
    "IpcMode": "--ipc is not offered: containers share files on a volume, -v NAME:/PATH",
    "UTSMode": "--uts is not offered: name the container with --hostname",
    "UsernsMode": "--userns is not offered: choose the container's user with --user",
}
_WARNED = {
    "ReadonlyRootfs": "--read-only is not kept: the container can write to its files, which end with it.",
    "SecurityOpt": "--security-opt is not kept.",
    "Ulimits": "--ulimit is not kept.",
    "Sysctls": "--sysctl is not kept.",
    "GroupAdd": "--group-add is not kept.",
    "ExtraHosts": "--add-host is not kept.",
    "Dns": "--dns is not kept.",
    "CpusetCpus": "--cpuset-cpus is not kept.",
    "PidsLimit": "--pids-limit is not kept.",
    "OomKillDisable": "--oom-kill-disable is not kept.",
}


def wish(body: Asked, image: Mapping[str, Any], outside: tuple[Outside, ...] = ()) -> Wanted:
    """What `POST /containers/create` asks for. Raises EngineError.

    `image` is the `config` of its image, `outside` what a container reaches of the host unless it has no network.
    """
    host = body.object("HostConfig")
    _refuse(host)
    return Wanted(
        image=body.text("Image"),
        command=body.texts("Cmd"),
        entrypoint=body.texts("Entrypoint"),
        environment=environment(body.texts("Env") or ()),
        user=body.text("User"),
        working_folder=body.text("WorkingDir"),
        labels=body.mapping("Labels"),
        ports=tuple(_ports(body, host, image)),
        mounts=tuple(_mounts(body, host, image)),
        memory=_memory(host),
        cpus=_cpus(host),
        health=_health(body, image),
        stop_signal=body.text("StopSignal"),
        stop_timeout=float(10 if (timeout := body.number("StopTimeout")) is None else max(timeout, 0)),
        stdin_open=body.flag("OpenStdin"),
        tty=body.flag("Tty"),
        hostname=body.text("Hostname"),
        auto_remove=host.flag("AutoRemove"),
        together_with=_together_with(host),
        outside=() if host.text("NetworkMode") == "none" else outside,
    )


def warnings(body: Asked) -> list[str]:
    """What is asked for and not kept, a sentence each."""
    host = body.object("HostConfig")
    said = [sentence for name, sentence in _WARNED.items() if host.is_set(name)]
    if {*(host.texts("ExtraHosts") or ())} == {_HOST_GATEWAY}:  # which every container finds anyway
        said.remove(_WARNED["ExtraHosts"])
    if host.object("RestartPolicy").text("Name") not in ("", "no"):
        said.append("--restart is not kept: the container stays as it ends; ECS starts a service's tasks again.")
    return said


def _refuse(host: Asked) -> None:
    for name, sentence in _REFUSED.items():
        if host.is_set(name):
            raise EngineError(sentence, status=501)
    for name, sentence in _SHARED.items():
        if host.text(name) == "host" or host.text(name).startswith("container:"):
            raise EngineError(sentence, status=501)
    driver, runtime = host.object("LogConfig").text("Type"), host.text("Runtime")
    if driver not in ("", "json-file", "local"):
        cure = "Leave --log-driver out: docker logs shows what a container prints."
        raise EngineError(f"logger: no log driver named '{driver}' is registered.", next_step=cure)
    if runtime not in ("", "dockyard", "runc"):
        cure = "Leave --runtime out: a container here is a process of this machine."
        raise EngineError(f"unknown or invalid runtime name: {runtime}.", next_step=cure)


def environment(pairs: tuple[str, ...]) -> dict[str, str]:
    """`NAME=value` texts as a mapping; a name alone takes nothing from here."""
    read = [pair.partition("=") for pair in pairs]
    wrong = [pair for pair, (name, _, _) in zip(pairs, read, strict=True) if not name]
    if wrong:
        raise EngineError(f"invalid environment variable: {wrong[0]}")
    return {name: value for name, equals, value in read if equals}


def _memory(host: Asked) -> int:
    memory = host.number("Memory") or 0
    if memory < 0 or 0 < memory < _SMALLEST_MEMORY:
        raise EngineError("Minimum memory limit allowed is 6MB")
    return memory


def _cpus(host: Asked) -> float:
    nano, quota, period = host.number("NanoCpus"), host.number("CpuQuota"), host.number("CpuPeriod")
    if nano:
        return max(nano, 0) / 1e9
    return max(quota, 0) / (period or 100_000) if quota else 0.0


def _health(body: Asked, image: Mapping[str, Any]) -> HealthCheck | None:
    """The image's check with what is asked for laid over it; None where nothing is asked."""
    asked = body.object("Healthcheck")
    given = {name: asked.number(name) or 0 for name in ("Interval", "Timeout", "StartPeriod", "Retries")}
    if any(number < 0 or 0 < number < 1_000_000 for name, number in given.items() if name != "Retries"):
        raise EngineError("Interval, Timeout and StartPeriod in Healthcheck cannot be less than 1ms")
    if given["Retries"] < 0:
        raise EngineError("Retries in Healthcheck cannot be negative")
    test = asked.texts("Test") or ()
    if test and test[0] not in ("NONE", "CMD", "CMD-SHELL"):
        raise EngineError(f"Unknown healthcheck type '{test[0]}' (expected 'CMD')")
    asked_for = {name: value for name, value in {**given, "Test": test}.items() if value}
    if test[:1] == ("NONE",) or not asked_for:
        return HealthCheck(("NONE",)) if test else None
    return HealthCheck.from_docker({**(image.get("Healthcheck") or {}), **asked_for})


def _together_with(host: Asked) -> str:
    mode = host.text("NetworkMode")
    if mode.startswith("container:"):
        return mode.removeprefix("container:")
    if mode == "host":
        raise EngineError("--network host is not offered: publish a port with -p", status=501)
    if mode not in ("", "default", "bridge", "none"):
        cure = "This engine has one, bridge; share a loopback with --network container:NAME."
        raise EngineError(f"network {mode} not found.", status=404, next_step=cure)
    return ""


def _ports(body: Asked, host: Asked, image: Mapping[str, Any]) -> Iterator[Published]:
    bindings = host.object("PortBindings")
    for name in bindings.names():
        port = _port(name)
        for binding in bindings.objects(name) or [Asked({})]:
            yield Published(port, _address(binding.text("HostIp")), _host_port(binding.text("HostPort")))
    if host.flag("PublishAllPorts"):
        exposed = {*(image.get("ExposedPorts") or {}), *body.object("ExposedPorts").names()} - {*bindings.names()}
        yield from (Published(_port(name), _ANY) for name in sorted(exposed) if not name.endswith("/udp"))


def _port(name: str) -> int:
    number, _, protocol = name.partition("/")
    if protocol not in ("", "tcp"):
        sentence = f"only TCP ports are published by this engine, not {name}: publish one with -p HOST:PORT"
        raise EngineError(sentence, status=501)
    if not re.fullmatch(r"\d{1,5}", number) or not 0 < int(number) < 65536:
        raise EngineError(f"invalid port specification: {name}")
    return int(number)


def _host_port(text: str) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,5}", text) or int(text) > 65535:
        raise EngineError(f"invalid port specification: {text}")
    return int(text)


def _address(text: str) -> str:
    if text and not re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F:]{2,39}", text):
        raise EngineError(f"invalid IP address: {text}")
    return text or _ANY


def _mounts(body: Asked, host: Asked, image: Mapping[str, Any]) -> Iterator[Mount]:
    """Binds, mounts, and for each VOLUME without one a volume that has no name but its number."""
    named = [*map(_bound, host.texts("Binds") or ()), *map(_mounted, host.objects("Mounts"))]
    yield from named
    taken = {mount.target for mount in named}
    for target in sorted({*(image.get("Volumes") or {}), *body.object("Volumes").names()} - taken):
        yield Mount(secrets.token_hex(32), _absolute(target))


def _bound(text: str) -> Mount:
    parts = text.split(":")
    if len(parts) not in (2, 3) or not parts[0]:
        raise EngineError(f'invalid volume specification: "{text}"')
    return _mount(parts[0], parts[1], "ro" in ",".join(parts[2:]).split(","))


def _mounted(asked: Asked) -> Mount:
    kind, source = asked.text("Type"), asked.text("Source") or asked.text("source")
    if kind not in ("bind", "volume"):
        raise EngineError(f'mount type "{kind}" is not offered: this engine mounts volumes and folders', status=501)
    if kind == "bind" and not source.startswith("/"):
        raise EngineError(f"invalid mount config for type \"bind\": invalid mount path: '{source}' must be absolute")
    return _mount(source or secrets.token_hex(32), asked.text("Target"), asked.flag("ReadOnly"))


def _mount(source: str, target: str, read_only: bool) -> Mount:
    if source.startswith("/") and not Path(source).exists():
        raise EngineError(f'invalid mount config for type "bind": bind source path does not exist: {source}')
    if not source.startswith("/") and not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}", source):
        sentence = f'create {source}: "{source}" includes invalid characters for a local volume name, only '
        raise EngineError(sentence + '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed')
    return Mount(source, _absolute(target), read_only)


def _absolute(target: str) -> str:
    if not target.startswith("/") or target.strip("/") == "":
        raise EngineError(f"invalid volume specification: invalid mount path: '{target}' must be an absolute path")
    return target
