"""An image that our engine pushed to our registry, pulled by a real engine: it holds the very same files.

Knows nothing about Dockerfiles but one. The sandbox is a real `dockyard up`; a real engine needs no TLS at 127.0.0.1.
"""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path

import docker
from dockerfile_cases import all_cases
from engines import Theirs, tree_of
from running import running

from dockyard.containers.blobs import BlobStore
from dockyard.containers.images import Images
from dockyard.containers.table import ImageTable

NAME = "multi-stage-files"


def pulled_as_pushed() -> str:
    """Push by ours, pull by theirs; the digest. AssertionError where the pulled image is another."""
    case = next(case for case in all_cases() if case.name == NAME)
    with tempfile.TemporaryDirectory(prefix="dy") as name, running(Path(name) / "data") as sandbox:
        ecr = sandbox.client("ecr")
        uri = ecr.create_repository(repositoryName="credit")["repository"]["repositoryUri"]
        token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        user, _, password = base64.b64decode(token).decode().partition(":")
        login = {"username": user, "password": password}
        ours = docker.DockerClient(base_url=sandbox.variables["DOCKER_HOST"], timeout=60)
        ours.images.build(path=str(case.lay_out(Path(name) / "context")), tag=f"{uri}:1")
        digest = next(line["aux"]["Digest"] for line in ours.images.push(uri, "1", auth_config=login, stream=True,
                                                                         decode=True) if "aux" in line)  # fmt: skip
        theirs = docker.DockerClient(base_url=os.environ["DOCKER_HOST"], timeout=60)
        pulled = theirs.images.pull(uri, "1", auth_config=login)
        assert f"{uri}@{digest}" in pulled.attrs["RepoDigests"]
        images = Images(BlobStore(Path(name) / "data" / "blobs"), ImageTable(Path(name) / "data"))
        assert Theirs(images).tree(f"{uri}:1") == tree_of(images.image(f"{uri}:1"))
    return str(digest)
