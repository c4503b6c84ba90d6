"""A lab opened on a disk that is full: a real disk, of 24 MB, that only this test's own process sees.

Run as a program it does what it is told by name, in a folder with so many bytes of room, and prints what came as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from running import running

from dockyard.content import open_course
from dockyard.desk import Desk, Wanted
from dockyard.errors import SandboxError

#: A mount of its own: root may make one, and others where the system lets them be root in a namespace of theirs.
OWN_MOUNTS = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
ON_A_SMALL_DISK = 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$@"'


def opening(disk: Path, room: int) -> dict[str, Any]:
    """What the control API answers to a lab's opening, and the repositories that are there afterwards."""
    with running(disk / "data") as sandbox:
        ecr = sandbox.client("ecr")
        ecr.create_repository(repositoryName="mine")
        fill(disk, room)
        status, told = sandbox.control("POST", "labs/02-registry/open", {"from": "opening"})
        there = [one["repositoryName"] for one in ecr.describe_repositories()["repositories"]]
        return {"status": status, "there": there, **told}


def copying(disk: Path, room: int) -> dict[str, Any]:
    """What `dockyard lab` says where the labs find no room, and which files are not whole when there is room again."""
    desk = Desk(Wanted(disk / "data"), print)
    fill(disk, room)
    try:
        desk._unpacked()
        said = ""
    except SandboxError as error:
        said = str(error)
    (disk / "filled").unlink()
    desk._unpacked()
    given = [one for lab in open_course().labs for one in lab.folder.iterdir() if one.name != "lab.toml"]
    labs = desk.wanted.folder
    broken = [one.name for one in given if one.read_bytes() != (labs / one.parent.name / one.name).read_bytes()]
    return {"said": said, "broken": broken}


def fill(disk: Path, room: int) -> None:
    """Leave so many bytes of room."""
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    (disk / "filled").write_bytes(bytes(free - room))


def on_a_small_disk(what: str, disk: Path, room: int) -> dict[str, Any]:
    """What this file says as a program."""
    started = [*OWN_MOUNTS, "sh", "-c", ON_A_SMALL_DISK, str(disk)]
    if subprocess.run([*started, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a disk")
    command = [*started, sys.executable, __file__, what, str(disk), str(room)]
    return dict(json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))


@pytest.mark.parametrize("room", [16_000, 400_000])  # the image finds none, or the files of its container
def test_a_full_disk_is_what_the_learner_reads_of_and_the_cloud_is_as_it_was(tmp_path: Path, room: int) -> None:
    assert on_a_small_disk("opening", tmp_path, room) == {
        "status": 507,
        "there": ["mine"],
        "message": f"The disk of {tmp_path}/data is full: 02-registry was not opened, and your cloud is as it was.",
        "next_step": "Make room on it, 16 MB at least, and open the lab again.",
    }


def test_no_half_of_a_notebook_stays_where_the_labs_found_no_room(tmp_path: Path) -> None:
    told = on_a_small_disk("copying", tmp_path, 12_000)
    assert "No space left on device. Make room on its disk, or name another data folder" in told["said"]
    assert told["broken"] == []


if __name__ == "__main__":
    done = {"opening": opening, "copying": copying}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(done))
