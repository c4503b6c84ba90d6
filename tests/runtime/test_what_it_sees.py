"""A container sees what its image has and no more: packages, files, user, environment."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dockyard.containers.images import Images
from dockyard.errors import EngineError
from dockyard.runtime.containers import Containers
from dockyard.runtime.machine import Machine
from dockyard.runtime.outside import Outside
from dockyard.runtime.wanted import Mount

from .conftest import BASE, Running

pytestmark = pytest.mark.anyio
FLASK = f"FROM {BASE}\n" + "WORKDIR /app\nCOPY . .\n{}ENV PYTHONPATH=/app/library\nCMD python app.py\n"
APP = "import flask, theirs\nprint(flask.__name__, theirs.NAME)\nimport sklearn\n"
ASK = """
import time, urllib.request
for _ in range(200):
    try:
        text = urllib.request.urlopen("http://localhost:8080").read()
        break
    except OSError:
        time.sleep(0.02)
open("shared/answer", "wb").write(text)
"""


async def test_only_the_packages_that_its_image_installed(running: Running, build: Callable[..., str]) -> None:
    files = {"app_py": APP, "library__theirs_py": "NAME = 'by PYTHONPATH'\n"}
    with_flask = build("with-flask", FLASK.format("RUN pip install flask\n"), **files)
    without = build("without-flask", FLASK.format(""), **files)
    code, out, said = await running.run(with_flask)
    assert (code, out) == (1, "flask by PYTHONPATH\n")
    assert "ModuleNotFoundError: No module named 'sklearn'" in said
    code, _, said = await running.run(without)
    assert code == 1
    assert "ModuleNotFoundError: No module named 'flask'" in said
    code, out, _ = await running.run(with_flask, "flask", "--version")
    assert (code, out.splitlines()[1].split()[0]) == (0, "Flask")


async def test_nothing_of_the_sandboxs_environment(
    running: Running, shell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted")
    container = await running.start(
        shell, "sh", "-c", "env; cat /proc/self/environ; sleep 60", environment={"OWN": "1"}
    )
    look = await container.exec(["sh", "-c", "cat /proc/$PPID/environ /proc/[0-9]*/environ 2>/dev/null; env"])
    seen = await look.stdout.read() if not running.plain else b"OWN"
    await container.stop(0)
    seen += b"".join(record.data for record in container.log.read())
    assert b"OWN" in seen
    assert b"planted" not in seen
    look.close()


async def test_no_descriptor_but_its_three(running: Running, shell: str) -> None:
    _, out, _ = await running.run(shell, "sh", "-c", "ls /proc/self/fd")
    assert out.split() == ["0", "1", "2", "3"]  # the last is the listing's own


async def test_its_user_may_write_what_is_its_own_alone(running: Running, server: str) -> None:
    code, out, said = await running.run(server, "sh", "-c", "echo 1 > mine; cat mine; echo 1 > new", user="app")
    assert (code, out) == (2, "1\n")
    assert "Permission denied" in said
    assert (await running.run(server, "sh", "-c", "echo 1 > new && cat new"))[:2] == (0, "1\n")
    with pytest.raises(EngineError, match="unable to find user nobody-here"):
        await running.start(server, user="nobody-here")


async def test_containers_of_one_machine_share_what_is_unpacked_and_write_into_their_own(
    running: Running, images: Images, machine: Machine, server: str, tmp_path: Path
) -> None:
    others = Running(Containers(tmp_path / "others", images, machine), tmp_path)
    writes = "ls && cat mine && echo theirs > mine && rm server.py && mkdir new && ls && cat mine"
    try:
        at_once = [one.run(server, "sh", "-c", writes) for one in (running, others, running)]
        for one in (*await asyncio.gather(*at_once), await others.run(server, "sh", "-c", writes)):
            assert one[1] == "Dockerfile\nmine\nserver.py\n0Dockerfile\nmine\nnew\ntheirs\n"
    finally:
        await others.containers.close()
    assert len([one for one in (tmp_path / "unpacked").iterdir() if one.name != "links"]) == 1


async def test_a_named_volume_outlives_it_and_a_folder_is_only_read(
    running: Running, shell: str, tmp_path: Path
) -> None:
    folder = tmp_path / "of-the-host"
    folder.mkdir()
    (folder / "given").write_text("given\n")
    mounts = (Mount("kept", "/place/kept"), Mount(str(folder), "/place/host", read_only=True))
    await running.run(shell, "sh", "-c", "cat host/given > kept/note", mounts=mounts)
    assert (await running.run(shell, "cat", "kept/note", mounts=mounts))[1] == "given\n"
    if not running.plain:
        code, _, said = await running.run(shell, "sh", "-c", "echo > host/new", mounts=mounts)
        assert (code, "Read-only file system" in said) == (2, True)
    with pytest.raises(EngineError, match="does not exist: /no/such"):
        await running.start(shell, "true", mounts=(Mount("/no/such", "/x"),))


async def test_a_sidecar_shares_loopback_and_volumes(running: Running, server: str) -> None:
    mounts = (Mount("shared", "/app/shared"),)
    main = await running.start(server, environment={"HOST": "127.0.0.1"}, mounts=mounts)
    beside = await running.start(server, "python", "-c", ASK, together_with=main.id, mounts=mounts, user="app")
    assert await beside.wait() == 0, beside.log.read()
    look = await main.exec(["cat", "shared/answer"])
    assert await look.stdout.read() == b"ok"
    look.close()


async def test_it_reaches_those_ports_of_the_host_that_it_is_given(running: Running, server: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nof the host")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as host:
        port = host.sockets[0].getsockname()[1]
        ask = f"import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:{port}', timeout=5).read())"
        code, out, _ = await running.run(server, "python", "-c", ask, outside=(Outside(port),))
        assert (code, out) == (0, "b'of the host'\n")
        if not running.plain:
            assert (await running.run(server, "python", "-c", ask))[0] == 1
            assert (await running.run(server, "python", "-c", ask, outside=(Outside(port - 1),)))[0] == 1
        main = await running.start(server, outside=(Outside(port),))
        beside = await running.start(server, "sleep", "60", outside=(Outside(port),), together_with=main.id)
        await main.stop(0)
        look = await beside.exec(["python", "-c", ask])
        assert await look.stdout.read() == b"b'of the host'\n"
        look.close()


async def test_in_namespaces_nothing_of_the_host_is_there(running: Running, server: str) -> None:
    if running.plain:
        pytest.skip("plain: absolute paths, processes and users are the host's, and the log's first line says so")
    python = f"python -c 'import os; print(os.path.exists({os.path.realpath(__file__)!r}))'".replace(
        "'/", '"/'
    ).replace("y')", 'y")')
    look = f"id -un; hostname; {python}; ps -eo comm=; touch /usr/lib/x /usr/bin/ls"
    container = await running.start(server, "sh", "-c", look, user="app", hostname="box")
    assert await container.wait() == 1
    out = b"".join(record.data for record in container.log.read(stderr=False)).decode().splitlines()
    assert out == ["app", "box", "False", "dockyard", "sh", "ps"]
