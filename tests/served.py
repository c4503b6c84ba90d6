"""Servers of others that a sandbox may stand before, each a process on a free port."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0


@contextmanager
def served(command: list[str], url: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command's process, from the moment its URL answers to the end of the block."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    try:
        end = time.monotonic() + PATIENCE
        while not _answers(url):
            assert process.poll() is None, f"{command[0]} ended"
            assert time.monotonic() < end, f"{command[0]} does not answer at {url}"
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True


@contextmanager
def docker_registry(program: str, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Debian's docker-registry, which is `registry:2`, with its files in the folder."""
    folder.mkdir(exist_ok=True)
    configuration = folder.with_suffix(".yml")
    configuration.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder}}}}}\nhttp: {{addr: 127.0.0.1:{port}}}\n"
    )
    command = [program, "serve", str(configuration)]
    with served(command, f"http://127.0.0.1:{port}/v2/") as process:
        yield process
