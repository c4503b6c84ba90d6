"""Every push and pull asks IAM: which action each request needs, and what who lacks it is told."""

from __future__ import annotations

from typing import Any

import pytest
from registry.conftest import ACCOUNT, LEARNER, OCI, digest_of, manifest_of

BLOB = digest_of(b"layer")


@pytest.mark.parametrize(
    ("method", "path", "actions"),
    [
        ("POST", "blobs/uploads/", ["InitiateLayerUpload"]),
        ("POST", f"blobs/uploads/?digest={BLOB}", ["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload"]),
        ("GET", "blobs/uploads/some", ["UploadLayerPart"]),
        ("PATCH", "blobs/uploads/some", ["UploadLayerPart"]),
        ("PUT", f"blobs/uploads/some?digest={BLOB}", ["UploadLayerPart", "CompleteLayerUpload"]),
        ("HEAD", f"blobs/{BLOB}", ["BatchCheckLayerAvailability"]),
        ("GET", f"blobs/{BLOB}", ["GetDownloadUrlForLayer"]),
        ("DELETE", f"blobs/{BLOB}", ["BatchDeleteImage"]),
        ("HEAD", "manifests/1", ["BatchGetImage"]),
        ("GET", "manifests/1", ["BatchGetImage"]),
        ("PUT", "manifests/1", ["PutImage"]),
        ("DELETE", "manifests/1", ["BatchDeleteImage"]),
        ("GET", "tags/list", ["ListImages"]),
        ("GET", f"referrers/{BLOB}", ["BatchGetImage"]),
    ],
)
def test_what_each_request_needs(registry: Any, credit: str, method: str, path: str, actions: list[str]) -> None:
    body = b"layer" if method in ("POST", "PUT", "PATCH") else None
    registry.ask(method, f"/v2/{credit}/{path}", body)
    assert registry.house.asked == [(f"ecr:{action}", "credit") for action in actions]
    for action in actions:
        registry.house.forbidden = {f"ecr:{action}"}
        answer = registry.ask(method, f"/v2/{credit}/{path}", body)
        assert answer.status == 403
        if method != "HEAD":
            assert answer.error["code"] == "DENIED"
            said = f"User: {LEARNER} is not authorized to perform: ecr:{action} on "
            assert answer.error["message"] == f"{said}arn:aws:ecr:us-east-1:{ACCOUNT}:repository/credit"


def test_what_is_refused_leaves_nothing(registry: Any, credit: str) -> None:
    registry.house.forbidden = {"ecr:PutImage"}
    config = registry.push_blob(credit, b"{}")
    answer = registry.ask("PUT", f"/v2/{credit}/manifests/1", manifest_of(b"{}"), Content_Type=OCI)
    assert answer.status == 403
    assert [operation for _, operation, _ in registry.house.journal] == ["CreateRepository", "CompleteLayerUpload"]
    assert registry.ask("HEAD", f"/v2/{credit}/blobs/{config}").status == 200


def test_a_blob_is_mounted_only_from_where_it_may_be_pulled(registry: Any, credit: str) -> None:
    registry.house.ask("CreateRepository", repositoryName="other")
    digest = registry.push_blob(credit, b"layer")
    mount = f"/v2/{ACCOUNT}/other/blobs/uploads/?mount={digest}&from={credit}"
    registry.house.forbidden = {"ecr:GetDownloadUrlForLayer"}
    assert registry.ask("POST", mount).status == 202  # an upload is begun instead
    assert ("ecr:GetDownloadUrlForLayer", "credit") in registry.house.asked
    registry.house.forbidden = set()
    assert registry.ask("POST", mount).status == 201
