"""What a runtime saw is part of the account: journaled, kept with it, played by forks, and replay starts nothing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from host import wandering
from host.direct import REGION, Direct, open_learner
from host.wandering import TRUST, digest

from dockyard.cloud.ecs.facts import ImageFacts
from dockyard.cloud.ecs.service import Ecs
from dockyard.sandbox.worlds import World

ROLE = "arn:aws:iam::{account}:role/execution"
CHECK = {"command": ["CMD-SHELL", "true"], "interval": 10, "retries": 1}
SERVES = ImageFacts(ports=(8080,), answers={"/": 200, "/health": 200}, checks={json.dumps(CHECK["command"]): True})


class Running:
    """A learner with one task of an image in ECR."""

    def __init__(self, direct: Direct) -> None:
        self.direct = direct
        self.learner = self.direct.learner
        account = self.learner.birth.account
        self._push(account)
        iam = self.direct.client("iam")
        iam.create_role(RoleName="execution", AssumeRolePolicyDocument=TRUST)
        policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
        iam.attach_role_policy(RoleName="execution", PolicyArn=policy)
        self.ecs = self.direct.client("ecs")
        self.ecs.create_cluster(clusterName="c")
        container = {
            "name": "web",
            "image": f"{account}.dkr.ecr.{REGION}.amazonaws.com/credit:1",
            "portMappings": [{"containerPort": 8080}],
            "healthCheck": CHECK,
        }
        self.ecs.register_task_definition(
            family="app", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
            executionRoleArn=ROLE.format(account=account), containerDefinitions=[container],
        )  # fmt: skip
        subnet = self.direct.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        network = {"awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "ENABLED"}}
        self.task: str = self.ecs.run_task(
            cluster="c", taskDefinition="app", launchType="FARGATE", networkConfiguration=network
        )["tasks"][0]["taskArn"].rpartition("/")[2]

    def _push(self, account: str) -> None:
        """An image without layers, as the registry would let it in."""
        configuration = f"sha256:{hashlib.sha256(b'{}').hexdigest()}"
        manifest = json.dumps({"schemaVersion": 2, "config": {"digest": configuration, "size": 2}, "layers": []})
        named = {"repositoryName": "credit"}
        upload = {"uploadId": "", "layerDigests": [configuration], "dockyardSize": 2}
        for operation, request in (
            ("CreateRepository", {}),
            ("CompleteLayerUpload", upload),
            ("PutImage", {"imageManifest": manifest, "imageTag": "1"}),
        ):
            self.learner.ask("ecr", operation, REGION, {**named, **request}, f"arn:aws:iam::{account}:root")

    def learn(self, facts: ImageFacts) -> None:
        ecs = self.learner.world.cloud.service(Ecs, REGION)
        keys = [one.key for one in ecs.to_observe()] or list(ecs.ecs.facts)
        assert keys
        self.learner.witness(REGION, [("learn", {"key": one, "facts": facts.as_json()}) for one in keys])

    def see(self, what: str, **told: Any) -> None:
        self.learner.witness(REGION, [(what, {"task": self.task, **told})])

    def shown(self, world: World | None = None) -> dict[str, Any]:
        """The task as a world's records have it."""
        found: dict[str, Any] = (world or self.learner.world).described()["regions"][REGION]["ecs"]["tasks"][self.task]
        return found


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with Direct(open_learner(tmp_path)) as direct:
        yield Running(direct)


def replayed(folder: Path, hash_seed: str) -> str:
    """The digest of the account as another process replays it."""
    return subprocess.run(
        [sys.executable, wandering.__file__, str(folder)], env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


def test_replay_uses_what_was_seen_in_any_process(running: Running, tmp_path: Path) -> None:
    running.learn(ImageFacts(ports=(8080,), answers={"/": 404}, stop_code=0))
    running.see("adopted")
    running.learner.advance(60)
    running.learner.save()  # a snapshot in the middle; what follows is replayed on top of it
    running.see("served", ports=[8080], answers={"/health": 200})
    running.see("wrote", container="web", lines=["serving"])
    running.see("used", vcpus=0.5, memory=80)
    running.see("checked", container="web", health="HEALTHY")
    running.learner.advance(60)
    running.see("exited", container="web", code=3)
    running.learner.advance(60)
    assert running.shown()["containers"]["web"]["exit_code"] == 3
    expected = digest(running.learner)
    assert "answers" in running.learner.state_text()
    assert replayed(tmp_path, "1") == expected
    (tmp_path / "snapshot.pickle").unlink()
    assert replayed(tmp_path, "2") == expected


def test_a_task_outside_does_what_it_is_seen_to_do_and_a_fork_plays_on(running: Running) -> None:
    running.learn(ImageFacts(exit_code=1))
    running.see("adopted")
    running.learner.advance(120)
    shown = running.shown()
    assert (shown["last_status"], shown["health"]) == ("RUNNING", "UNKNOWN")  # the facts say otherwise; nobody saw it
    running.learn(SERVES)
    fork = running.learner.world.fork("elsewhere")
    fork.cloud.advance(120)
    assert running.shown(fork)["health"] == "HEALTHY"
    assert running.shown()["outside"]


def test_a_stopped_task_waits_for_the_end_that_is_seen_and_a_fork_for_none(running: Running) -> None:
    running.see("adopted")
    running.learner.advance(120)
    running.ecs.stop_task(cluster="c", task=running.task)
    running.learner.advance(20)
    assert running.shown()["last_status"] == "STOPPING"
    fork = running.learner.world.fork("elsewhere")
    running.see("exited", container="web", code=0)
    for world in (fork, running.learner.world):
        world.cloud.advance(20)
    codes = [running.shown(world)["containers"]["web"]["exit_code"] for world in (fork, running.learner.world)]
    assert codes == [143, 0]


def test_what_is_seen_too_late_changes_nothing(running: Running) -> None:
    running.learner.advance(60)
    before = running.shown()
    for what, told in (
        ("exited", {"container": "web", "code": 1}),
        ("served", {"ports": [], "answers": {}}),
        ("used", {"vcpus": 1.0, "memory": 1}),
        ("wrote", {"container": "web", "lines": ["late"]}),
        ("checked", {"container": "web", "health": "UNHEALTHY"}),
    ):
        running.see(what, **told)
        running.learner.witness(REGION, [(what, {"task": "gone", **told})])
    assert running.shown() == before
