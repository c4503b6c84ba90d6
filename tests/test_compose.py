"""docker-compose.yml promises what can be read in it; `env/ci/compose.sh` runs it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCKERFILES = [ROOT / "env" / "Dockerfile", ROOT / "env" / "registry" / "Dockerfile"]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services by name, as Compose reads them."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return read


def test_only_this_machine_is_published_to(services: dict[str, Any]) -> None:
    assert set(services) == {"sandbox", "jupyter", "registry", "localstack"}
    ports = [port for one in services.values() for port in one.get("ports", [])]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_part_is_bare_of_rights_and_says_when_it_is_well(services: dict[str, Any]) -> None:
    for one in services.values():
        assert one["cap_drop"] == ["ALL"]
        assert one["security_opt"] == ["no-new-privileges:true"]
        assert one["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_what_stands_behind_is_not_required(services: dict[str, Any]) -> None:
    behind = services["sandbox"]["depends_on"]
    assert {name: one["required"] for name, one in behind.items()} == {"registry": False, "localstack": False}
    assert services["jupyter"]["depends_on"]["sandbox"]["condition"] == "service_healthy"


def test_every_base_is_pinned_and_may_be_another(services: dict[str, Any]) -> None:
    asked = [services["localstack"]["image"]]
    asked += [value for one in services.values() for value in one.get("build", {}).get("args", {}).values()]
    assert len(asked) == 4
    assert all(re.fullmatch(r"\$\{[A-Z]+_IMAGE:-[a-z/]+:\d+\.\d+\.\d+[a-z-]*\}", one) for one in asked), asked
    for file in DOCKERFILES:
        defaults = re.findall(r"^ARG [A-Z]+_IMAGE=(\S+)$", file.read_text(), re.MULTILINE)
        assert len(defaults) == 1
        assert any(f":-{defaults[0]}}}" in one for one in asked)


def test_no_container_starts_as_root(services: dict[str, Any]) -> None:
    assert services["localstack"]["user"] == "1000:1000"
    for file in DOCKERFILES:
        stages = re.split(r"^FROM ", file.read_text(), flags=re.MULTILINE)[1:]
        ends = [stage for stage in stages if "CMD" in stage or file.parent.name == "registry"]
        assert ends
        assert all(re.search(r"^USER (dockyard|1000:1000)$", stage, re.MULTILINE) for stage in ends)
