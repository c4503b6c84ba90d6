"""Whoever owns containers may be killed without a word: nothing they started goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dockyard.containers.images import Images
from dockyard.runtime.isolation import Isolation
from dockyard.runtime.machine import Machine

OWNER = """
import asyncio, sys
from pathlib import Path
from dockyard.containers.blobs import BlobStore
from dockyard.containers.images import Images
from dockyard.containers.table import ImageTable
from dockyard.packages.distributions import Distributions
from dockyard.runtime.containers import Containers
from dockyard.runtime.isolations import choose
from dockyard.runtime.interpreters import Interpreters
from dockyard.runtime.machine import Machine
from dockyard.runtime.plain import Plain
from dockyard.runtime.wanted import Wanted

async def own(folder, images, isolation, mark):
    chosen = Plain() if isolation == "plain" else choose(Interpreters().own).isolation
    kept = Images(BlobStore(Path(images) / "blobs"), ImageTable(Path(images)))
    machine = Machine(Path(folder) / "unpacked", Distributions(Path(folder) / "packages"), chosen)
    containers = Containers(Path(folder), kept, machine)
    script = "(setsid sh -c 'sleep 600' &) ; sleep 600 & trap '' TERM HUP INT; wait"
    for _ in range(10):
        container = await containers.create(Wanted("shell", ("sh", "-c", script), environment={"MARK": mark}))
        await container.start()
    print("ready", flush=True)
    await asyncio.sleep(600)

asyncio.run(own(*sys.argv[1:]))
"""


def marked(mark: str) -> list[int]:
    """Every process of this machine that has the mark in its environment."""

    def found() -> Iterator[int]:
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if f"MARK={mark}".encode() in (place / "environ").read_bytes():
                    yield int(place.name)
            except OSError:
                continue

    return list(found())


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks through /proc")
def test_nothing_outlives_a_killed_owner(images: Images, shell: str, isolation: Isolation, tmp_path: Path) -> None:
    assert images.local(shell)
    folder, mark = str(images.blobs.path("sha256:" + "0" * 64).parents[2]), str(tmp_path)
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path / "runtime"), folder, isolation.name, mark], stdout=subprocess.PIPE
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"ready\n"
    assert len(marked(mark)) >= 20
    owner.kill()
    owner.communicate()
    until = time.monotonic() + 20
    while marked(mark) and time.monotonic() < until:
        time.sleep(0.02)
    assert marked(mark) == []


def test_half_an_image_and_images_not_used_for_long_go_at_the_next_start(images: Images, tmp_path: Path) -> None:
    assert images.distributions
    for number in range(25):
        (tmp_path / f"{number:02}").mkdir()
        os.utime(tmp_path / f"{number:02}", (number, number))
    (tmp_path / "unpacking-1").mkdir()
    Machine(tmp_path, images.distributions)
    assert sorted(one.name for one in tmp_path.iterdir()) == [f"{number:02}" for number in range(5, 25)]
