"""A container gets the CPU it was promised and no more, however many processes it has; nothing is timed here.

What it used is held against its own clock: on a busy machine it gets less, never more.
"""

from __future__ import annotations

import asyncio

import pytest

from .conftest import Running

pytestmark = pytest.mark.anyio
#: Three processes that compute for two seconds of real time; it writes what they used of a CPU.
BUSY = """
import os, time
began = time.monotonic()
for _ in range(3):
    if not os.fork():
        while time.monotonic() < began + 2:
            sum(range(10_000))
        os._exit(0)
for _ in range(3):
    os.wait()
used = os.times()
print((used.children_user + used.children_system) / (time.monotonic() - began))
"""


async def test_it_computes_no_more_than_its_share(running: Running, server: str) -> None:
    code, out, _ = await running.run(server, "python", "-c", BUSY, cpus=0.25)
    assert (code, float(out) < 0.4) == (0, True), out


async def test_a_running_one_is_held_and_ends_as_any_other(running: Running, server: str) -> None:
    container = await running.start(server, "python", "-c", BUSY.replace("+ 2", "+ 600"))
    container.hold_to(0.1)
    used = (await container.usage()).cpu_seconds
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(1)
    share = ((await container.usage()).cpu_seconds - used) / (asyncio.get_running_loop().time() - began)
    assert share < 0.4
    await container.stop(0.2)
    assert (container.state.exit_code, container.state.running) == (137, False)


async def test_a_shell_does_not_see_that_its_command_waits(running: Running, shell: str) -> None:
    compute = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"
    code, out, _ = await running.run(
        shell, "bash", "--norc", "-ic", f"sh -c '{compute}'; echo finished", tty=True, cpus=0.3
    )
    assert code == 0
    assert "finished" in out
    assert "Stopped" not in out


async def test_what_is_paused_does_not_go_on_when_its_share_is_its_again(running: Running, server: str) -> None:
    container = await running.start(server, "python", "-c", BUSY.replace("+ 2", "+ 600"), cpus=0.25)
    while (await container.usage()).cpu_seconds < 0.3:
        await asyncio.sleep(0.02)
    await container.pause()
    paused = (await container.usage()).cpu_seconds
    await asyncio.sleep(1)
    assert (await container.usage()).cpu_seconds == paused
    await container.unpause()
    while (await container.usage()).cpu_seconds == paused:
        await asyncio.sleep(0.02)
