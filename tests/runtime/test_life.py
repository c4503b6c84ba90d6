"""A container starts, answers, is stopped, and says how it ended; as Docker's would."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from dockyard.errors import EngineError
from dockyard.runtime.state import Usage
from dockyard.runtime.wanted import HealthCheck, Published, Wanted

from .conftest import Running

pytestmark = pytest.mark.anyio


async def test_it_answers_on_its_own_port_and_ends_in_time_when_told_to(running: Running, server: str) -> None:
    container = await running.start(server, environment={"POLITE": "1", "NAME": "ada"})
    assert await running.get(container) == "ada"
    await container.stop()
    assert (container.state.status, container.state.exit_code) == ("exited", 0)
    assert container.log.read()[-1].data == b"goodbye\n"
    with pytest.raises(ConnectionRefusedError):
        await container.dial(8080)


async def test_what_does_not_catch_sigterm_drops_it_and_is_killed_after_the_time_out(
    running: Running, server: str
) -> None:
    container, polite = await running.start(server), await running.start(server, environment={"POLITE": "1"})
    await running.get(container)
    await running.get(polite)
    assert (await container.kill("SIGTERM"), await polite.kill("SIGTERM")) == (False, True)
    await container.stop(timeout=0.1)
    assert container.state.exit_code == 128 + signal.SIGKILL


async def test_two_containers_have_the_same_port(running: Running, server: str) -> None:
    one, other = [await running.start(server, environment={"NAME": name}) for name in ("one", "other")]
    assert [await running.get(one), await running.get(other)] == ["one", "other"]


async def test_a_server_bound_to_its_own_loopback_is_reached_from_inside_alone(running: Running, server: str) -> None:
    container = await running.start(server, environment={"HOST": "127.0.0.1"})
    await _until(lambda: b"serving" in b"".join(record.data for record in container.log.read()))
    ask = "import urllib.request; print(urllib.request.urlopen('http://localhost:8080').status)"
    inside = await container.exec(["python", "-c", ask])
    assert await inside.stdout.read() == b"200\n"
    inside.close()
    with pytest.raises(ConnectionRefusedError):
        await container.dial(8080)


async def test_a_published_port_is_the_hosts(running: Running, server: str) -> None:
    container = await running.start(server, ports=(Published(8080),))
    await running.get(container)
    port = container.published[0].host_port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    assert (await reader.read()).endswith(b"ok")
    writer.close()
    with pytest.raises(EngineError, match="port is already allocated"):
        await running.start(server, ports=(Published(8080, host_port=port),))


@pytest.mark.parametrize(
    ("command", "code"),
    [(("true",), 0), (("sh", "-c", "exit 3"), 3), (("sh", "-c", "kill -9 $$"), 137), (("sh", "-c", "nosuch"), 127)],
)
async def test_exit_codes_are_dockers(running: Running, shell: str, command: tuple[str, ...], code: int) -> None:
    assert (await running.run(shell, *command))[0] == code


@pytest.mark.parametrize(
    ("word", "code", "said"),
    [("nosuch", 127, "executable file not found in $PATH"), ("/etc/passwd", 126, "permission denied")],
)
async def test_a_command_that_cannot_be_run_is_refused_at_the_start(
    running: Running, shell: str, word: str, code: int, said: str
) -> None:
    container = await running.containers.create(Wanted(shell, (word,)))
    with pytest.raises(EngineError, match=said.replace("$", r"\$")):
        await container.start()
    assert (container.state.status, container.state.exit_code) == ("created", code)


async def test_output_and_errors_are_kept_apart_line_by_line(running: Running, shell: str) -> None:
    container = await running.start(shell, "sh", "-c", "echo one; echo two >&2; printf half; sleep 0.2; echo ' more'")
    followed = b"".join([record.data async for record in container.log.follow(stderr=False)])
    assert followed == b"one\nhalf more\n"
    assert [record.data for record in container.log.read(stderr=False)] == [b"one\n", b"half more\n"]
    assert [record.data for record in container.log.read(stdout=False)][1:] == [b"two\n"]
    assert [record.data for record in container.log.read(stderr=False, tail=1)] == [b"half more\n"]


async def test_the_first_line_says_what_runs_it(running: Running, server: str) -> None:
    container = await running.start(server)
    first = container.log.read()[0]
    assert first.stream == "dockyard"
    assert running.containers.isolation.encode() in first.data
    assert b"Python 3." in first.data


async def test_above_its_memory_it_is_killed(running: Running, server: str) -> None:
    eat = "import time\nheld = []\nwhile True: held.append(b'x' * 5_000_000); time.sleep(0.01)"
    container = await running.start(server, "python", "-c", eat, memory=100_000_000)
    assert await container.wait() == 137
    assert container.state.out_of_memory
    assert (await container.usage()).memory_peak > 100_000_000


async def test_it_takes_input_until_that_is_closed(running: Running, shell: str) -> None:
    container = await running.containers.create(Wanted(shell, ("cat",), stdin_open=True))
    await container.write(b"early ")
    await container.start()
    await container.write(b"late\n")
    container.close_stdin()
    assert await container.wait() == 0
    assert container.log.read(stderr=False)[0].data == b"early late\n"


async def test_a_terminal_is_one(running: Running, shell: str) -> None:
    code, out, _ = await running.run(shell, "sh", "-c", "test -t 0 && test -t 1 && tty", tty=True, stdin_open=True)
    assert code == 0
    assert out.startswith("/dev/pts/")


async def test_a_command_beside_it_has_its_own_streams_and_exit_code(running: Running, shell: str) -> None:
    container = await running.start(shell, "sleep", "60", environment={"A": "of the container"})
    beside = await container.exec(["sh", "-c", 'read x; echo "$x $A"; echo no >&2; exit 4'], stdin_open=True)
    await beside.write(b"hello\n")
    assert await beside.stdout.read() == b"hello of the container\n"
    assert await beside.stderr.read() == b"no\n"
    assert await beside.wait() == 4
    beside.close()


async def test_a_command_beside_it_may_have_a_terminal(running: Running, shell: str) -> None:
    container = await running.start(shell, "sleep", "60")
    beside = await container.exec(["sh"], stdin_open=True, tty=True)
    beside.resize(33, 77)
    await beside.write(b"stty size; exit 5\n")
    assert b"33 77" in await beside.stdout.read()
    assert await beside.wait() == 5
    beside.close()


async def test_its_health_is_asked_again_and_again(running: Running, shell: str) -> None:
    check = HealthCheck(("CMD-SHELL", "test -e well"), interval=0.05, retries=2)
    container = await running.start(
        shell, "sh", "-c", "touch well; read x; rm well; sleep 60", stdin_open=True, health=check
    )
    assert container.state.health == "starting"
    await _until(lambda: container.state.health == "healthy")
    await container.write(b"\n")
    await _until(lambda: container.state.health == "unhealthy")
    assert container.state.probes[-1].exit_code == 1


async def _until(true: object) -> None:
    async with asyncio.timeout(10):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.01)


COUNT = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done"


async def test_held_it_does_nothing_until_it_goes_on(running: Running, shell: str) -> None:
    container = await running.start(shell, "sh", "-c", f"({COUNT}) & wait")
    beside = await container.exec(["sh", "-c", COUNT])
    await _until(lambda: container.log.read(stderr=False))
    await container.pause()
    size = container.log.size
    usage = await container.usage()
    await asyncio.sleep(0.2)
    assert (container.log.size, (await container.usage()).cpu_seconds) == (size, usage.cpu_seconds)
    assert (container.state.status, container.state.running) == ("paused", True)
    with pytest.raises(EngineError, match="is paused, unpause the container before exec"):
        await container.exec(["true"])
    await container.unpause()
    await _until(lambda: container.log.size > size)
    await container.pause()
    await container.stop(0)
    assert (container.state.status, container.state.exit_code) == ("exited", 137)
    assert await beside.wait() == 137
    beside.close()


async def test_what_runs_in_it_is_listed(running: Running, shell: str) -> None:
    container = await running.start(shell, "sh", "-c", "sleep 600 & wait")
    async with asyncio.timeout(10):
        while (listed := await container.processes())[-1].command != "sleep 600":
            await asyncio.sleep(0.01)
    main, child = listed
    assert (main.command, child.command, child.parent) == ("sh -c sleep 600 & wait", "sleep 600", main.identifier)
    assert abs(main.started_at - container.state.started_at) < 5
    await container.stop(0)
    with pytest.raises(EngineError, match="is not running"):
        await container.processes()


async def test_a_shim_that_dies_while_it_starts_is_a_sentence_and_it_can_be_started_again(
    running: Running, shell: str
) -> None:
    container = await running.containers.create(Wanted(shell, ("sleep", "60"), ports=(Published(8080),)))
    starting = asyncio.create_task(container.start())
    await _until(lambda: container._run.shim.alive)
    os.killpg(container._run.shim._process.pid, signal.SIGKILL)  # type: ignore[union-attr]
    with pytest.raises(EngineError, match="the container's process could not be started: nothing was said"):
        await starting
    assert not container.state.running
    await container.start()
    assert container.state.running


async def test_a_shim_that_dies_ends_whatever_is_asked_of_it(running: Running, shell: str) -> None:
    check = HealthCheck(("CMD-SHELL", "sleep 600"), interval=0.01)
    container = await running.start(shell, "sleep", "60", health=check)
    os.killpg(container._run.shim._process.pid, signal.SIGSTOP)  # type: ignore[union-attr]
    asked = [container.exec(["true"]), container.usage(), container.processes(), container.pause(), container.dial(1)]
    tasks = [asyncio.create_task(each) for each in asked]  # type: ignore[arg-type]
    await asyncio.sleep(0.05)
    os.killpg(container._run.shim._process.pid, signal.SIGKILL)  # type: ignore[union-attr]
    said = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(each, EngineError | ConnectionRefusedError | Usage) for each in said), said
    assert await container.wait() == 137


async def test_removed_while_it_starts_nothing_of_it_is_left(running: Running, shell: str) -> None:
    for pause in (0.0, 0.0, 0.001, 0.005, 0.02, 0.05, 0.1):
        container = await running.containers.create(Wanted(shell, ("sleep", "60")))
        starting = asyncio.create_task(container.start())
        await asyncio.sleep(pause)
        await running.containers.remove(container, force=True)
        (said,) = await asyncio.gather(starting, return_exceptions=True)
        assert said is None or isinstance(said, EngineError)
        assert container.state.status == "dead"
        with pytest.raises(EngineError, match="No such container"):
            await container.start()
    assert list(running.folder.glob("running/*")) == []


async def test_names_are_unique_and_found(running: Running, shell: str) -> None:
    one = await running.containers.create(Wanted(shell, ("true",)), "one")
    assert running.containers.find("one") is running.containers.find(one.id[:12]) is one
    with pytest.raises(EngineError, match="already in use"):
        await running.containers.create(Wanted(shell, ("true",)), "one")
    await running.containers.remove(one)
    with pytest.raises(EngineError, match="No such container: one"):
        running.containers.find("one")


async def test_it_can_be_started_again_and_removes_itself_where_that_is_wanted(running: Running, shell: str) -> None:
    container = await running.start(shell, "sh", "-c", "cat kept; echo yes > kept")
    await container.wait()
    await container.start()
    assert await container.wait() == 0
    assert container.log.read(stderr=False)[-1].data == b"yes\n"
    passing = await running.start(shell, "true", auto_remove=True)
    assert await passing.wait("removed") == 0
    assert passing not in running.containers.all()
