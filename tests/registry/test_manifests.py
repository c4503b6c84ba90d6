"""Manifests and tags: a pushed image is in ECR at once; tags page; immutable tags stay; a replay needs no blobs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple
from typing import Any

import pytest

from dockyard.cloud.account import Account
from dockyard.cloud.ecr.service import Ecr
from dockyard.cloud.simulation import Simulation

OCI = "application/vnd.oci.image.manifest.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_what_a_configuration_says_of_containers_is_kept_with_the_image(registry: Any, credit: str) -> None:
    labels = {"dev.dockyard.starts-after": "90"}
    for runs, kept in (
        ({"Entrypoint": ["sh", "-c"], "Cmd": ["python"], "Labels": labels}, ("sh", "python", 90.0)),
        ({"Entrypoint": None, "Cmd": [], "Labels": {"dev.dockyard.starts-after": "soon"}}, ("", "", 0.0)),
        ({"Entrypoint": "sh", "Cmd": [7], "Labels": {"dev.dockyard.starts-after": "nan"}}, ("", "", 0.0)),
        ("none", ("", "", 0.0)),
    ):
        registry.push(credit, "1.0", config=runs)
        found = registry.house.worlds["123456789012"].service(Ecr, "us-east-1").resolve(f"127.0.0.1:1/{credit}:1.0")
        assert astuple(found.configuration) == kept


def test_a_pushed_image_is_in_ecr_at_once(registry: Any, credit: str) -> None:
    digest, manifest = registry.push(credit, "1.0", b"layer", "arm64")
    (image,) = registry.house.ask("DescribeImages", repositoryName="credit")["imageDetails"]
    assert (image["imageDigest"], image["imageSizeInBytes"], image["imageTags"]) == (digest, 5, ["1.0"])
    found = registry.house.worlds["123456789012"].service(Ecr, "us-east-1").resolve(f"127.0.0.1:1/{credit}:1.0")
    assert found.architecture == "arm64"
    for reference in ("1.0", digest):
        read = registry.ask("GET", f"/v2/{credit}/manifests/{reference}", Accept=OCI)
        assert (read.body, read.headers["Content-Type"]) == (manifest, OCI)
        head = registry.ask("HEAD", f"/v2/{credit}/manifests/{reference}")
        assert (head.headers["Docker-Content-Digest"], head.headers["Content-Length"]) == (digest, str(len(manifest)))


def test_pushing_the_same_again_changes_nothing(registry: Any, credit: str) -> None:
    registry.push(credit, "1.0")
    before = len(registry.house.journal)
    registry.push(credit, "1.0")
    assert len(registry.house.journal) == before


@pytest.mark.parametrize("layer", [b"another layer", b"layer"])
def test_an_immutable_tag_stays(registry: Any, credit: str, layer: bytes) -> None:
    registry.house.ask("PutImageTagMutability", repositoryName="credit", imageTagMutability="IMMUTABLE")
    digest, _ = registry.push(credit, "1.0")
    with pytest.raises(AssertionError, match="TAG_INVALID") as caught:
        registry.push(credit, "1.0", layer)
    assert "immutable" in str(caught.value) or layer == b"layer"
    assert registry.ask("HEAD", f"/v2/{credit}/manifests/1.0").headers["Docker-Content-Digest"] == digest


def test_what_is_no_manifest_is_refused(registry: Any, credit: str) -> None:
    put = f"/v2/{credit}/manifests/1.0"
    for body in (b"{", b"\xff\xfe", b"[]", json.dumps({"schemaVersion": 1}).encode()):
        answer = registry.ask("PUT", put, body, Content_Type=OCI)
        assert (answer.status, answer.error["code"]) == (400, "MANIFEST_INVALID"), body
    assert registry.ask("PUT", put, b" " * (4 << 20) + b"{}", Content_Type=OCI).status == 413
    assert registry.ask("PUT", f"/v2/{credit}/manifests/-bad", b"{}").error["code"] == "TAG_INVALID"
    assert registry.ask("PUT", f"/v2/{credit}/manifests/sha256:1", b"{}").error["code"] == "DIGEST_INVALID"


def test_a_manifest_under_a_wrong_digest_or_without_its_layers(registry: Any, credit: str) -> None:
    _, manifest = registry.push(credit, "1.0")
    wrong = registry.ask("PUT", f"/v2/{credit}/manifests/{digest_of(b'x')}", manifest, Content_Type=OCI)
    assert (wrong.status, wrong.error["code"]) == (400, "DIGEST_INVALID")
    layers = json.loads(manifest) | {"layers": [{"mediaType": "x", "digest": digest_of(b"x"), "size": 1}]}
    missing = registry.ask("PUT", f"/v2/{credit}/manifests/2.0", json.dumps(layers).encode(), Content_Type=OCI)
    assert (missing.status, missing.error["code"]) == (400, "MANIFEST_BLOB_UNKNOWN")
    assert registry.ask("GET", f"/v2/{credit}/manifests/2.0").error["code"] == "MANIFEST_UNKNOWN"


def test_dockers_own_manifests_and_an_index(registry: Any, credit: str) -> None:
    _, manifest = registry.push(credit, "1.0")
    docker = json.dumps(json.loads(manifest) | {"mediaType": DOCKER}).encode()
    assert registry.ask("PUT", f"/v2/{credit}/manifests/docker", docker, Content_Type=DOCKER).status == 201
    index = {"schemaVersion": 2, "mediaType": INDEX}
    members = [{"mediaType": DOCKER, "digest": digest_of(docker), "size": len(docker)}]
    whole = json.dumps(index | {"manifests": members}).encode()
    assert registry.ask("PUT", f"/v2/{credit}/manifests/both", whole, Content_Type=INDEX).status == 201
    assert registry.ask("GET", f"/v2/{credit}/manifests/both").headers["Content-Type"] == INDEX
    missing = json.dumps(index | {"manifests": [{"digest": digest_of(b"x"), "size": 1}]}).encode()
    answer = registry.ask("PUT", f"/v2/{credit}/manifests/none", missing, Content_Type=INDEX)
    assert answer.error["code"] == "MANIFEST_BLOB_UNKNOWN"
    held = registry.ask("DELETE", f"/v2/{credit}/manifests/{digest_of(docker)}")
    assert (held.status, held.error["code"]) == (405, "UNSUPPORTED")


def test_tags_page_in_lexical_order(registry: Any, credit: str) -> None:
    for tag in ("b", "a", "c", "latest"):
        registry.push(credit, tag)
    assert registry.ask("GET", f"/v2/{credit}/tags/list").json == {"name": credit, "tags": ["a", "b", "c", "latest"]}
    first = registry.ask("GET", f"/v2/{credit}/tags/list?n=3")
    assert first.json["tags"] == ["a", "b", "c"]
    link = first.headers["Link"]
    assert link == f'</v2/{credit}/tags/list?n=3&last=c>; rel="next"'
    rest = registry.ask("GET", link.split(">")[0].removeprefix("<"))
    assert rest.json["tags"] == ["latest"]
    assert rest.headers["Link"] is None
    assert registry.ask("GET", f"/v2/{credit}/tags/list?n=0").json["tags"] == []
    assert registry.ask("GET", f"/v2/{credit}/tags/list?n=many").status == 400


def test_deleting_a_tag_and_an_image(registry: Any, credit: str) -> None:
    digest, _ = registry.push(credit, "1.0")
    registry.push(credit, "stable")
    assert registry.ask("DELETE", f"/v2/{credit}/manifests/stable").status == 202
    assert registry.ask("GET", f"/v2/{credit}/tags/list").json["tags"] == ["1.0"]
    assert registry.ask("DELETE", f"/v2/{credit}/manifests/{digest}").status == 202
    assert registry.ask("GET", f"/v2/{credit}/manifests/1.0").status == 404
    assert registry.ask("DELETE", f"/v2/{credit}/manifests/{digest}").error["code"] == "MANIFEST_UNKNOWN"


def test_what_refers_to_an_image(registry: Any, credit: str) -> None:
    digest, manifest = registry.push(credit, "1.0")
    subject = {"mediaType": OCI, "digest": digest, "size": len(manifest)}
    signature = json.dumps(json.loads(manifest) | {"subject": subject, "artifactType": "x/signature"}).encode()
    put = registry.ask("PUT", f"/v2/{credit}/manifests/{digest_of(signature)}", signature, Content_Type=OCI)
    assert put.headers["OCI-Subject"] == digest
    listed = registry.ask("GET", f"/v2/{credit}/referrers/{digest}")
    assert listed.headers["Content-Type"] == INDEX
    assert [one["digest"] for one in listed.json["manifests"]] == [digest_of(signature)]
    other = registry.ask("GET", f"/v2/{credit}/referrers/{digest}?artifactType=x/sbom")
    assert (other.json["manifests"], other.headers["OCI-Filters-Applied"]) == ([], "artifactType")


def test_a_repository_deleted_during_a_push_is_unknown(registry: Any, credit: str) -> None:
    place = registry.ask("POST", f"/v2/{credit}/blobs/uploads/").headers["Location"]
    registry.house.ask("DeleteRepository", repositoryName="credit")
    answer = registry.ask("PUT", f"{place}?digest={digest_of(b'x')}", b"x")
    assert answer.error["code"] == "NAME_UNKNOWN"


def test_a_name_with_slashes_and_the_words_of_the_paths(registry: Any) -> None:
    name = "team/blobs/uploads/manifests/tags"
    registry.house.ask("CreateRepository", repositoryName=name)
    digest, _ = registry.push(f"123456789012/{name}", "1.0")
    assert registry.ask("HEAD", f"/v2/123456789012/{name}/manifests/{digest}").status == 200


def test_a_replay_of_the_calls_gives_the_same_state_without_a_blob(registry: Any, credit: str) -> None:
    registry.push(credit, "1.0", b"one")
    registry.push(credit, "1.0", b"two", "arm64")
    registry.ask("DELETE", f"/v2/{credit}/manifests/1.0")
    registry.push_blob(credit, b"loose")
    house = registry.house
    original = house.worlds["123456789012"]

    class World(Simulation):
        kinds = {"ecr": Ecr}

    again = World(Account.born("123456789012", "seed", 1_800_000_000.0), original.neighbours)
    for region, operation, request in house.journal:
        again.call("ecr", operation, region, request)
    assert again.account.described() == original.account.described()
