"""The S3 operation that a method, a path and a query string mean: for the journal, in S3's own names.

Knows nothing about buckets. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

_VERBS = {"GET": "Get", "HEAD": "Head", "PUT": "Put", "POST": "Post", "DELETE": "Delete"}
_SERVICE = {"GET": "ListBuckets"}
_BUCKET = {"GET": "ListObjectsV2", "PUT": "CreateBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}
_SPECIAL = {
    ("POST", "delete"): "DeleteObjects",
    ("GET", "versions"): "ListObjectVersions",
    ("GET", "uploads"): "ListMultipartUploads",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("PUT", "uploadId"): "UploadPart",
    ("GET", "uploadId"): "ListParts",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
}
#: What a query string may hold beside a sub-resource.
_PLAIN = frozenset(
    {"list-type", "prefix", "delimiter", "max-keys", "marker", "versionId", "encoding-type", "fetch-owner"}
)


def s3_operation(method: str, path: str, query: str, headers: Mapping[str, str]) -> str:
    """The operation's name, such as PutObject or GetBucketPolicy; "" for a method S3 does not know."""
    names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
    for name in names:
        if (method, name) in _SPECIAL:
            return _SPECIAL[method, name]
    bucket, _, key = path.lstrip("/").partition("/")
    level = "Object" if key else "Bucket"
    for name in names:
        if (
            name.islower()
            and name not in _PLAIN
            and not name.startswith(("x-", "start-", "continuation-", "response-"))
        ):
            return f"{_VERBS.get(method, '')}{level}{name.title().replace('-', '').replace('_', '')}"
    if not bucket:
        return _SERVICE.get(method, "")
    if not key:
        return _BUCKET.get(method, "")
    if "x-amz-copy-source" in headers:
        return "CopyObject"
    return f"{_VERBS[method]}Object" if method in _VERBS else ""
