"""The docker SDK, unmodified, against the engine: builds, images, logins, pushes and pulls."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import APIError, BuildError, ImageNotFound, NotFound
from engine.registry_stand_in import RegistryStandIn

from dockyard.containers.images import Images

AWS = {"username": "AWS", "password": "secret"}


def pushed(client: docker.DockerClient, name: str, **options: Any) -> list[dict[str, Any]]:
    return list(client.images.push(name, stream=True, decode=True, **options))


def test_it_says_who_it_is(client: docker.DockerClient) -> None:
    assert client.ping() is True
    assert client.version()["ApiVersion"] == "1.50"
    assert client.info()["OSType"] == "linux"
    assert client.containers.list(all=True) == []


def test_a_build_gives_an_image_that_inspects_as_built(
    client: docker.DockerClient, project: Path, images: Images
) -> None:
    image, log = client.images.build(path=str(project), tag="credit:1.0")
    text = "".join(line.get("stream", "") for line in log)
    assert "Step 1/7 : FROM python:3.12-slim\n" in text
    assert image.tags == ["credit:1.0"]
    assert image.attrs["Config"]["User"] == "1000"
    assert image.attrs["Architecture"] == "amd64"
    assert image.attrs["Size"] > 125_000_000
    assert images.packages("credit:1.0") == ["flask==3.0.3"]
    assert images.read_file("credit:1.0", "/app/app.py") == b"print('hello')\n"
    assert images.read_file("credit:1.0", "/app/secret.env") is None


def test_build_options_arrive(client: docker.DockerClient, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile.arm").write_text("FROM python:3.12-slim AS a\nARG X\nLABEL x=$X\nFROM a\nLABEL never=1\n")
    options = {"buildargs": {"X": "y"}, "labels": {"k": "v"}, "target": "a", "platform": "linux/arm64"}
    image, _ = client.images.build(path=str(tmp_path), dockerfile="Dockerfile.arm", **options)
    assert image.labels == {"x": "y", "k": "v"}
    assert image.attrs["Architecture"] == "arm64"


def test_a_wrong_dockerfile_is_refused_before_the_build(client: docker.DockerClient, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\nCOPPY . .\n")
    with pytest.raises(APIError) as refused:
        client.images.build(path=str(tmp_path))
    assert refused.value.status_code == 400
    assert refused.value.explanation == "dockerfile parse error line 2: unknown instruction: COPPY. Did you mean COPY?"


def test_a_failing_step_ends_the_build(client: docker.DockerClient, tmp_path: Path, images: Images) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\nCOPY app.py /\n")
    with pytest.raises(BuildError, match=r"stat app\.py: file does not exist"):
        client.images.build(path=str(tmp_path), tag="broken")
    assert "broken:latest" not in images.tags()


def test_images_are_listed_filtered_tagged_and_removed(client: docker.DockerClient, project: Path) -> None:
    image, _ = client.images.build(path=str(project), tag="credit:1.0")
    assert image.tag("127.0.0.1:4566/123456789012/credit", "1.0")
    listed = {tag for each in client.images.list() for tag in each.tags}
    assert listed == {"credit:1.0", "127.0.0.1:4566/123456789012/credit:1.0", "python:3.12-slim"}
    assert [each.id for each in client.images.list(name="credit")] == [image.id]
    with pytest.raises(APIError, match="must be forced"):
        client.images.remove(image.id)
    client.images.remove("credit:1.0")
    client.images.remove("127.0.0.1:4566/123456789012/credit:1.0")
    with pytest.raises(ImageNotFound, match=r"No such image: credit:1\.0"):
        client.images.get("credit:1.0")


def test_history_tells_every_step_newest_first(client: docker.DockerClient, project: Path) -> None:
    image, _ = client.images.build(path=str(project), tag="credit:1.0")
    history = image.history()
    assert history[0]["Id"] == image.id
    assert history[0]["Tags"] == ["credit:1.0"]
    pip = [line for line in history if line["CreatedBy"] == "/bin/sh -c pip install -r requirements.txt"]
    assert [line["Size"] for line in pip] == [5_600_000]
    assert sum(line["Size"] for line in history) == image.attrs["Size"]


def test_a_push_arrives_and_ends_with_its_digest(
    client: docker.DockerClient, project: Path, registry: RegistryStandIn, images: Images
) -> None:
    name = f"{registry.host}/123456789012/credit"
    image, _ = client.images.build(path=str(project), tag=f"{name}:1.0")
    lines = pushed(client, name, tag="1.0", auth_config=AWS)
    _, manifest = registry.manifests["/v2/123456789012/credit/manifests/1.0"]
    digest = images.image(image.id).digest
    assert json.loads(manifest) == images.manifest(image.id)
    assert lines[-1] == {"progressDetail": {}, "aux": {"Tag": "1.0", "Digest": digest, "Size": len(manifest)}}
    assert [line["status"] for line in lines if "id" in line].count("Pushed") == 5
    image.reload()
    assert image.attrs["RepoDigests"] == [f"{name}@{digest}"]


def test_a_second_push_sends_no_layer_again(
    client: docker.DockerClient, project: Path, registry: RegistryStandIn
) -> None:
    name = f"{registry.host}/123456789012/credit"
    client.images.build(path=str(project), tag=f"{name}:1.0")
    pushed(client, name, tag="1.0", auth_config=AWS)
    registry.seen.clear()
    lines = pushed(client, name, auth_config=AWS)
    assert [line["status"] for line in lines if "id" in line].count("Layer already exists") == 5
    assert [each for each in registry.seen if each.startswith(("POST", "PUT"))] == [
        "PUT /v2/123456789012/credit/manifests/1.0"
    ]


def test_without_a_login_the_push_says_so(
    client: docker.DockerClient, project: Path, registry: RegistryStandIn
) -> None:
    name = f"{registry.host}/123456789012/credit"
    client.images.build(path=str(project), tag=name)
    assert pushed(client, name, tag="latest")[-1]["error"] == "no basic auth credentials"


@pytest.mark.parametrize(
    ("where", "refusal", "sentence"),
    [
        (("POST", "uploads"), (404, "NAME_UNKNOWN", "no repository 'credit'"), "name unknown: no repository 'credit'"),
        (("PUT", "manifests"), (400, "TAG_INVALID", "tag '1.0' is immutable"), "tag invalid: tag '1.0' is immutable"),
        (("POST", "uploads"), (403, "DENIED", "token has expired"), "denied: token has expired"),
    ],
)
def test_a_refusal_of_the_registry_is_shown_in_dockers_words(
    client: docker.DockerClient,
    project: Path,
    registry: RegistryStandIn,
    where: tuple[str, str],
    refusal: tuple[int, str, str],
    sentence: str,
) -> None:
    registry.refuse[where] = refusal
    name = f"{registry.host}/123456789012/credit"
    client.images.build(path=str(project), tag=f"{name}:1.0")
    last = pushed(client, name, tag="1.0", auth_config=AWS)[-1]
    assert last == {"errorDetail": {"message": sentence}, "error": sentence}


def test_a_push_elsewhere_is_refused(client: docker.DockerClient, project: Path) -> None:
    client.images.build(path=str(project), tag="credit:1.0")
    with pytest.raises(APIError, match="this sandbox reaches only its own registry, and Docker Hub is not it"):
        client.images.push("credit", tag="1.0")


def test_a_name_that_is_not_there_cannot_be_pushed(client: docker.DockerClient, registry: RegistryStandIn) -> None:
    last = pushed(client, f"{registry.host}/1/none", tag="1", auth_config=AWS)[-1]
    assert last["error"] == f"An image does not exist locally with the tag: {registry.host}/1/none"


def test_a_pull_brings_the_image_back(
    client: docker.DockerClient, project: Path, registry: RegistryStandIn, images: Images
) -> None:
    name = f"{registry.host}/123456789012/credit"
    built, _ = client.images.build(path=str(project), tag=f"{name}:1.0")
    pushed(client, name, tag="1.0", auth_config=AWS)
    config = images.image(built.id).id
    client.images.remove(f"{name}:1.0")
    images.blobs.path(config).unlink()
    pulled = client.images.pull(name, tag="1.0", auth_config=AWS)
    assert pulled.id == built.id
    assert images.packages(f"{name}:1.0") == ["flask==3.0.3"]
    with pytest.raises(APIError, match=f"manifest for {name}:2.0 not found: manifest unknown: not here"):
        client.images.pull(name, tag="2.0", auth_config=AWS)


def test_bases_are_pulled_from_the_table(client: docker.DockerClient) -> None:
    assert client.images.pull("python", tag="3.13-slim").tags == ["python:3.13-slim"]
    with pytest.raises(NotFound, match=r"manifest for ubuntu:24\.04 not found"):
        client.images.pull("ubuntu", tag="24.04")


def test_a_login_is_judged_by_the_registry(client: docker.DockerClient, registry: RegistryStandIn) -> None:
    address = f"http://{registry.host}"
    good = client.login(username="AWS", password="secret", registry=address, reauth=True)
    assert good["Status"] == "Login Succeeded"
    with pytest.raises(APIError) as refused:
        client.login(username="AWS", password="wrong", registry=address, reauth=True)
    sentence = f"login attempt to http://{registry.host}/v2/ failed with status: 401 Unauthorized"
    assert (refused.value.status_code, refused.value.explanation) == (401, sentence)


def test_a_login_elsewhere_is_a_sentence(client: docker.DockerClient) -> None:
    with pytest.raises(APIError, match=r"this sandbox reaches only its own registry, and docker.example is not it"):
        client.login(username="a", password="b", registry="https://docker.example", reauth=True)


def test_a_base_is_fetched_from_the_registry_its_name_holds(
    client: docker.DockerClient, project: Path, registry: RegistryStandIn
) -> None:
    name = f"{registry.host}/team/base"
    base, _ = client.images.build(path=str(project), tag=f"{name}:1")
    client.images.push(name, tag="1", auth_config=AWS)
    client.images.remove(base.id, force=True)
    text = io.BytesIO(f"FROM {name}:1\nENV MORE=1\n".encode())
    with pytest.raises(BuildError, match="no basic auth credentials"):
        client.images.build(fileobj=text)
    client.login("AWS", "secret", registry=registry.host)
    text.seek(0)
    image, _ = client.images.build(fileobj=text)
    assert image.attrs["RootFS"]["Layers"] == base.attrs["RootFS"]["Layers"]
    text = io.BytesIO(f"FROM {name}:2\n".encode())
    with pytest.raises(BuildError, match=r"manifest for .*/team/base:2 not found"):
        client.images.build(fileobj=text)
