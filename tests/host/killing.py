"""A learner at work in a sandbox that is killed at random moments; what was acknowledged must be there afterwards.

Run as a program it says what came of many rounds on one data folder: `python tests/host/killing.py 100`.
"""

from __future__ import annotations

import io
import random
import signal
import sys
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import docker
import psutil
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from running import Running

#: The sandbox is started again with one and the other in turn.
CLOCKS = (("--clock", "live", "--speed", "3600"), ("--clock", "stepped"))
IMAGE = "FROM python:3.12-slim\nLABEL number={}\n"


@dataclass(frozen=True)
class Known:
    """What a learner has: cluster names, object keys, the engine's tags, and what was kept by a snapshot."""

    clusters: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    kept: tuple[Known, ...] = field(default=(), compare=False)


class Learner:
    """Works until the sandbox is gone. `before` is what was acknowledged, `after` what one more call would add."""

    def __init__(self, up: Running, known: Known, chance: random.Random) -> None:
        key = {name: up.variables[name.upper()] for name in ("aws_access_key_id", "aws_secret_access_key")}
        options: Any = {**key, "region_name": "us-east-1", "endpoint_url": up.variables["AWS_ENDPOINT_URL"]}
        options["config"] = Config(retries={"total_max_attempts": 1})
        self.up = up
        self.ecs, self.s3 = boto3.client("ecs", **options), boto3.client("s3", **options)
        self.chance = chance
        self.before = self.after = known
        self.acknowledged = 0

    def work(self) -> None:
        """One call after the other, until one fails."""
        with suppress(Exception), closing(docker.DockerClient(self.up.variables["DOCKER_HOST"])) as engine:
            while True:
                self._call(engine)
                self.before = self.after
                self.acknowledged += 1

    def _call(self, engine: docker.DockerClient) -> None:
        name, known = f"n{self.chance.getrandbits(60):x}", self.before
        kinds: list[Callable[[], None]] = [self._snapshot, *[self._restore] * bool(known.kept)]
        chosen = self.chance.choice(("cluster", "cluster", "object", "large", "build", "tag", "time", "return"))
        if chosen == "cluster":
            self.after = replace(known, clusters=known.clusters | {name})
            self.ecs.create_cluster(clusterName=name)
        elif chosen in ("object", "large"):
            self.after = replace(known, objects=known.objects | {name})
            self.s3.put_object(Bucket="kept", Key=name, Body=name.encode() * (1 if chosen == "object" else 8000))
        elif chosen == "build" or not known.tags:
            self.after = replace(known, tags=known.tags | {f"{name}:1"})
            engine.images.build(fileobj=context(IMAGE.format(name).encode()), custom_context=True, tag=f"{name}:1")
        elif chosen == "tag":
            self.after = replace(known, tags=known.tags | {f"{name}:2"})
            engine.api.tag(min(known.tags), name, "2")
        elif chosen == "time":
            assert self.up.control("POST", "clock/advance", {"seconds": 61})[0] == 200
        else:
            self.chance.choice(kinds)()

    def _snapshot(self) -> None:
        self.after = replace(self.before, kept=(self.before,))
        assert self.up.control("POST", "snapshots", {"name": "kept"})[0] == 201
        # only what was acknowledged may be counted on: a kill before the answer may leave the older snapshot

    def _restore(self) -> None:
        (kept,) = self.before.kept
        self.after = replace(kept, kept=self.before.kept)
        assert self.up.control("POST", "snapshots/kept/restore")[0] == 200


def context(dockerfile: bytes) -> io.BytesIO:
    """A build context in memory: the SDK's own is a file that it does not close when the engine is gone."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("Dockerfile")
        member.size = len(dockerfile)
        archive.addfile(member, io.BytesIO(dockerfile))
    packed.seek(0)
    return packed


def found(up: Running) -> Known:
    """What there is in a sandbox; every image must be whole."""
    pages = up.client("ecs").get_paginator("list_clusters").paginate()
    clusters = {arn.rpartition("/")[2] for page in pages for arn in page["clusterArns"]}
    s3 = up.client("s3")
    listed = s3.get_paginator("list_objects_v2").paginate(Bucket="kept")
    objects = {one["Key"] for page in listed for one in page.get("Contents", [])}
    for key in objects:
        body = s3.get_object(Bucket="kept", Key=key)["Body"].read()
        assert body in (key.encode(), key.encode() * 8000), key
    with closing(docker.DockerClient(up.variables["DOCKER_HOST"])) as engine:
        tags = {tag for image in engine.images.list() for tag in image.tags if not tag.startswith("python:")}
        for tag in tags:
            assert engine.images.get(tag).history()
    return Known(frozenset(clusters), frozenset(objects), frozenset(tags))


@dataclass
class Round:
    """What came of one kill: (CPU) seconds until the sandbox was ready again, and how many calls had been answered."""

    ready_after: float
    cpu: float
    acknowledged: int


def kills(data: Path, rounds: int, chance: random.Random) -> Iterator[Round]:
    """Work in a sandbox until it is killed, start it again, compare, work on; AssertionError where something lacks."""
    up, known = Running(data), Known()
    up.client("s3").create_bucket(Bucket="kept")
    try:
        for number in range(rounds):
            learner = _killed_at_work(up, known, chance)
            up = Running(data, *CLOCKS[number % 2], port=up.port)
            cpu = sum(psutil.Process(up.process.pid).cpu_times()[:2])
            now = found(up)
            assert now in (learner.before, learner.after), difference(now, learner)
            known = replace(now, kept=learner.before.kept if learner.after.kept == learner.before.kept else ())
            yield Round(up.seconds_to_ready, cpu, learner.acknowledged)
    finally:
        up.stop()


def _killed_at_work(up: Running, known: Known, chance: random.Random) -> Learner:
    learner = Learner(up, known, chance)
    timer = threading.Timer(chance.uniform(0.05, 1.0), lambda: up.process.send_signal(signal.SIGKILL))
    timer.start()
    learner.work()
    timer.join()
    up.process.communicate()
    return learner


def difference(now: Known, learner: Learner) -> str:
    """What lacks and what is too much, against what was acknowledged."""
    pairs = [(getattr(learner.before, name), getattr(now, name)) for name in ("clusters", "objects", "tags")]
    return "; ".join(f"lacks {sorted(one - other)}, has {sorted(other - one)}" for one, other in pairs)


def main(rounds: int, seed: int) -> None:
    told: list[Round] = []
    with tempfile.TemporaryDirectory(prefix="dockyard-kills-") as folder:
        for one in kills(Path(folder) / "data", rounds, random.Random(seed)):
            told.append(one)
            if len(told) % 10 == 0 or len(told) == rounds:
                sys.stdout.write(f"{summary(told)}\n")
                sys.stdout.flush()


def summary(told: list[Round]) -> str:
    """What came of the rounds so far, in a sentence."""
    calls = sum(one.acknowledged for one in told)
    seconds, cpu = (sorted(getattr(one, name) for one in told) for name in ("ready_after", "cpu"))
    middle = len(told) // 2
    return (
        f"{len(told)} kills, {calls} acknowledged changes, none lost. Ready again after {seconds[middle]:.2f} s "
        f"(median), {seconds[-1]:.2f} s at most; of the processor's time {cpu[middle]:.2f} s, {cpu[-1]:.2f} s at most."
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
