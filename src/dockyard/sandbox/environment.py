"""What a shell or a kernel needs to work against a sandbox, and never against AWS by accident.

Knows nothing about a running sandbox: it reads the data folder.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

from dockyard.errors import SandboxError
from dockyard.sandbox.birth import Birth, Secrets
from dockyard.sandbox.journal import JOURNAL_FILE

REGION = "us-east-1"
#: A unix socket's path holds at most so many bytes on every system we run on.
LONGEST_SOCKET = 100


def socket_path(folder: Path) -> Path:
    """Where the engine listens: in the data folder, or in /tmp where that path would be too long for a socket."""
    path = folder / "engine.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET:
        return path
    return Path(tempfile.gettempdir()) / f"dockyard-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.sock"


def environment(folder: Path, birth: Birth, secrets: Secrets, port: int) -> dict[str, str]:
    """The variables, and the files and folders they name (made in the data folder)."""
    configuration, credentials = folder / "aws-config", folder / "aws-credentials"
    configuration.write_text(f"[default]\nregion = {REGION}\noutput = json\n")
    credentials.touch(mode=0o600)
    credentials.write_text("[default]\n")
    docker = folder / "docker"
    docker.mkdir(mode=0o700, exist_ok=True)
    endpoint = f"http://127.0.0.1:{port}"
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": birth.access_key,
        "AWS_SECRET_ACCESS_KEY": secrets.secret_key,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": str(configuration),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        # An empty profile makes botocore fail; the default one exists in the file above.
        "AWS_PROFILE": "default",
        "AWS_EC2_METADATA_DISABLED": "true",
        "DOCKYARD_TOKEN": secrets.token,
        "http_proxy": endpoint,
        # Never `localhost`: it would match every name that ends with it.
        "no_proxy": "127.0.0.1",
        "DOCKER_HOST": f"unix://{socket_path(folder)}",
        "DOCKER_BUILDKIT": "0",
        # `docker login` keeps its passwords there, not in the user's own ~/.docker.
        "DOCKER_CONFIG": str(docker),
    }


def kept_environment(folder: Path, port: int | None) -> dict[str, str]:
    """The same for the sandbox whose data folder this is; it need not run. Raises SandboxError when there is none."""
    path = folder / JOURNAL_FILE
    try:
        with path.open() as journal:
            birth = Birth.read(json.loads(journal.readline()), folder)
    except (OSError, ValueError) as error:
        raise SandboxError(
            f"There is no sandbox in {folder}.",
            next_step="Start one with `dockyard up` (and name its folder by --data).",
        ) from error
    return environment(folder, birth, Secrets.read(folder), port or birth.port)
