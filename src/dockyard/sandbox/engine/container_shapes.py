"""A container in the words of the Docker Engine API: a line of `docker ps`, and `docker inspect`.

Knows nothing about requests.
"""

from __future__ import annotations

import time
from typing import Any

from dockyard.runtime.container import Container
from dockyard.runtime.volumes import Volumes
from dockyard.runtime.wanted import HealthCheck, Mount
from dockyard.sandbox.engine.moments import written
from dockyard.sandbox.engine.networks import BRIDGE
from dockyard.sandbox.engine.spoken import lasted

__all__ = ["exposed", "inspection", "labels", "networks", "status", "summary"]

_NANOSECONDS = 1_000_000_000
_HEALTHS = {"starting": "health: starting"}


def summary(container: Container, volumes: Volumes) -> dict[str, Any]:
    """One line of `docker ps`."""
    return {
        "Id": container.id,
        "Names": [f"/{container.name}"],
        "Image": container.wanted.image,
        "ImageID": container.image.id,
        "Command": " ".join(container.order.command),
        "Created": int(container.created_at),
        "Ports": _ports(container),
        "Labels": labels(container),
        "State": container.state.status,
        "Status": status(container),
        "HostConfig": {"NetworkMode": _network_mode(container)},
        "NetworkSettings": {"Networks": networks(container)},
        "Mounts": _mounts(container, volumes),
    }


def labels(container: Container) -> dict[str, str]:
    """Its image's labels, and over them its own."""
    return {**(_image(container).get("Labels") or {}), **container.wanted.labels}


def _image(container: Container) -> dict[str, Any]:
    return container.image.configuration.get("config") or {}


def status(container: Container) -> str:
    """`Up 2 minutes (healthy)`, `Exited (1) 3 seconds ago`, `Created`."""
    state = container.state
    if state.running:
        health = "Paused" if state.status == "paused" else _HEALTHS.get(state.health, state.health)
        return f"Up {lasted(time.time() - state.started_at)}" + (f" ({health})" if health else "")
    if state.status == "exited":
        return f"Exited ({state.exit_code}) {lasted(time.time() - state.finished_at)} ago"
    return state.status.capitalize()


def _network_mode(container: Container) -> str:
    together = container.wanted.together_with
    return f"container:{together}" if together else "bridge"


def exposed(container: Container) -> list[str]:
    """The ports that its image declares or it publishes, `8080/tcp`."""
    declared = {*(_image(container).get("ExposedPorts") or {})}
    return sorted({*declared, *(f"{port.container_port}/tcp" for port in container.wanted.ports)})


def _ports(container: Container) -> list[dict[str, Any]]:
    if not container.state.running:
        return []
    open_ports = [
        {"IP": port.host_address, "PrivatePort": port.container_port, "PublicPort": port.host_port, "Type": "tcp"}
        for port in container.published
    ]
    taken = {f"{port.container_port}/tcp" for port in container.published}
    rest = [each.partition("/") for each in exposed(container) if each not in taken]
    return [*open_ports, *({"PrivatePort": int(number), "Type": kind or "tcp"} for number, _, kind in rest)]


def _port_map(container: Container) -> dict[str, list[dict[str, str]] | None]:
    """Port → where it is published now; None where it is only exposed."""
    if not container.state.running:
        return {}
    found: dict[str, list[dict[str, str]] | None] = dict.fromkeys(exposed(container))
    for port in container.published:
        key = f"{port.container_port}/tcp"
        found[key] = [*(found.get(key) or []), {"HostIp": port.host_address, "HostPort": str(port.host_port)}]
    return found


def networks(container: Container) -> dict[str, Any]:
    """The networks it is on."""
    if container.wanted.together_with:
        return {}
    empty = dict.fromkeys(("EndpointID", "Gateway", "IPAddress", "IPv6Gateway", "GlobalIPv6Address", "MacAddress"), "")
    nothing = {"IPAMConfig": None, "Links": None, "Aliases": None, "DriverOpts": None, "DNSNames": None}
    return {"bridge": {**nothing, **empty, "NetworkID": BRIDGE, "IPPrefixLen": 0, "GlobalIPv6PrefixLen": 0}}


def _mounts(container: Container, volumes: Volumes) -> list[dict[str, Any]]:
    return [_mount(mount, volumes) for mount in container.wanted.mounts]


def _mount(mount: Mount, volumes: Volumes) -> dict[str, Any]:
    common = {"Destination": mount.target, "Mode": "", "RW": not mount.read_only, "Propagation": ""}
    if mount.of_host:
        return {"Type": "bind", "Source": mount.source, **common, "Propagation": "rprivate"}
    source = str(volumes.find(mount.source).folder)
    return {"Type": "volume", "Name": mount.source, "Source": source, "Driver": "local", **common}


def inspection(container: Container, volumes: Volumes) -> dict[str, Any]:
    """`docker inspect`."""
    return {
        "Id": container.id,
        "Created": written(container.created_at),
        "Path": container.order.command[0],
        "Args": list(container.order.command[1:]),
        "State": _state(container),
        "Image": container.image.id,
        "ResolvConfPath": "",
        "HostnamePath": "",
        "HostsPath": "",
        "LogPath": "",
        "Name": f"/{container.name}",
        "RestartCount": 0,
        "Driver": "dockyard",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "",
        "ExecIDs": None,
        "HostConfig": _host_config(container),
        "GraphDriver": {"Name": "dockyard", "Data": None},
        "Mounts": _mounts(container, volumes),
        "Config": _config(container),
        "NetworkSettings": _network_settings(container),
    }


def _state(container: Container) -> dict[str, Any]:
    state = container.state
    shape: dict[str, Any] = {
        "Status": state.status, "Running": state.running, "Paused": state.status == "paused", "Restarting": False,
        "OOMKilled": state.out_of_memory, "Dead": state.status == "dead", "Pid": state.pid if state.running else 0,
        "ExitCode": state.exit_code, "Error": state.error,
        "StartedAt": written(state.started_at), "FinishedAt": written(state.finished_at),
    }  # fmt: skip
    if state.health:
        shape["Health"] = _health(container)
    return shape


def _health(container: Container) -> dict[str, Any]:
    state = container.state
    log = [
        {
            "Start": written(probe.started_at),
            "End": written(probe.finished_at),
            "ExitCode": probe.exit_code,
            "Output": probe.output,
        }
        for probe in state.probes
    ]
    return {"Status": state.health, "FailingStreak": state.failing_streak, "Log": log}


def _host_config(container: Container) -> dict[str, Any]:
    wanted = container.wanted
    bound: dict[str, list[dict[str, str]]] = {}
    for port in wanted.ports:
        asked = {"HostIp": port.host_address, "HostPort": str(port.host_port) if port.host_port else ""}
        bound.setdefault(f"{port.container_port}/tcp", []).append(asked)
    return {
        "Binds": [_bind(mount) for mount in wanted.mounts] or None,
        "ContainerIDFile": "", "LogConfig": {"Type": "json-file", "Config": {}},
        "NetworkMode": _network_mode(container), "PortBindings": bound,
        "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}, "AutoRemove": wanted.auto_remove,
        "VolumeDriver": "", "VolumesFrom": None, "ConsoleSize": [0, 0], "CapAdd": None, "CapDrop": None,
        "CgroupnsMode": "private", "Dns": [], "DnsOptions": [], "DnsSearch": [], "ExtraHosts": None, "GroupAdd": None,
        "IpcMode": "private", "Cgroup": "", "Links": None, "OomScoreAdj": 0, "PidMode": "", "Privileged": False,
        "PublishAllPorts": False, "ReadonlyRootfs": False, "SecurityOpt": None, "UTSMode": "", "UsernsMode": "",
        "ShmSize": 64 << 20, "Runtime": "dockyard", "Isolation": "", "CpuShares": 0, "Memory": wanted.memory,
        "NanoCpus": int(wanted.cpus * _NANOSECONDS), "MemorySwap": 2 * wanted.memory, "PidsLimit": None, "Ulimits": [],
        "Devices": [], "DeviceRequests": None, "Init": True, "Mounts": None,
    }  # fmt: skip


def _bind(mount: Mount) -> str:
    return f"{mount.source}:{mount.target}{':ro' if mount.read_only else ''}"


def _config(container: Container) -> dict[str, Any]:
    wanted, image = container.wanted, _image(container)
    environment = [f"{name}={value}" for name, value in container.order.environment.items()]
    return {
        "Hostname": container.hostname, "Domainname": "", "User": container.order.user,
        "AttachStdin": wanted.stdin_open, "AttachStdout": True, "AttachStderr": True,
        "ExposedPorts": {port: {} for port in exposed(container)}, "Tty": wanted.tty, "OpenStdin": wanted.stdin_open,
        "StdinOnce": wanted.stdin_open, "Env": environment,
        "Cmd": _words(wanted.command, image.get("Cmd") if wanted.entrypoint is None else None),
        "Image": wanted.image, "Volumes": image.get("Volumes"),
        "WorkingDir": wanted.working_folder or image.get("WorkingDir", ""),
        "Entrypoint": _words(wanted.entrypoint, image.get("Entrypoint")), "OnBuild": None,
        "Labels": labels(container), "StopSignal": container.order.stop_signal,
        "StopTimeout": int(wanted.stop_timeout), "Healthcheck": _check(wanted.health) or image.get("Healthcheck"),
    }  # fmt: skip


def _words(asked: tuple[str, ...] | None, usual: list[str] | None) -> list[str] | None:
    return usual if asked is None else list(asked) or None


def _check(check: HealthCheck | None) -> dict[str, Any] | None:
    if check is None:
        return None
    seconds = {"Interval": check.interval, "Timeout": check.timeout, "StartPeriod": check.start_period}
    times = {name: int(value * _NANOSECONDS) for name, value in seconds.items()}
    return {"Test": list(check.test), **times, "Retries": check.retries}


def _network_settings(container: Container) -> dict[str, Any]:
    none = dict.fromkeys(("Bridge", "SandboxID", "SandboxKey", "EndpointID", "Gateway", "IPAddress", "MacAddress"), "")
    return {**none, "Ports": _port_map(container), "IPPrefixLen": 0, "Networks": networks(container)}
