"""Layers: which blobs a repository holds. A blob pushed to one repository cannot be seen in another.

Knows nothing about bytes: that a layer is here is a fact in the records, so a replay needs no blobs.

Two operations carry a member that only the registry sets (no AWS client can: it is not in the service's model):
`dockyardSize` of CompleteLayerUpload, the size in bytes of a blob that came whole, and `dockyardLayer` of
BatchDeleteImage, the digest of a blob that is to leave the repository.
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecr import names
from dockyard.cloud.ecr.images import Images
from dockyard.cloud.ecr.state import Repository
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

PUSH_INSTEAD = "Dockyard takes layers through the registry only: push with docker or skopeo to the repositoryUri."


class Layers(Images):
    """The operations on layers."""

    @operation("CompleteLayerUpload")
    def complete_layer_upload(self, request: Request) -> Response:
        """The registry tells that a blob was pushed or mounted; a client that calls this is told to push.

        https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html
        """
        repository = self.asked(request)
        if "dockyardSize" not in request:
            raise AwsError("UploadNotFoundException", f"There is no upload {request['uploadId']!r}. {PUSH_INSTEAD}")
        digest = request["layerDigests"][0]
        repository.layers[digest] = request["dockyardSize"]
        return self.named(repository, uploadId=request["uploadId"], layerDigest=digest)

    @operation("BatchCheckLayerAvailability")
    def batch_check_layer_availability(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html"""
        repository = self.asked(request)
        digests = request["layerDigests"]
        return {
            "layers": [_layer(repository, one) for one in digests if names.is_digest(one)],
            "failures": [_failure(one) for one in digests if not names.is_digest(one)],
        }

    @operation("BatchDeleteImage")
    def batch_delete_image(self, request: Request) -> Response:
        """Images as ever, and the blob that the registry was asked to delete; one that an image needs is kept."""
        if layer := request.get("dockyardLayer"):
            repository = self.asked(request)
            if user := next((one for one in repository.images.values() if layer in one.needs), None):
                text = f"The layer {layer} is needed by image {user.digest}. Delete the image first."
                raise AwsError("UnsupportedCommandException", text)
            repository.layers.pop(layer, None)
        return super().batch_delete_image(request)


def _layer(repository: Repository, digest: str) -> dict[str, Any]:
    kind = {"mediaType": "application/octet-stream"}
    if digest not in repository.layers:
        return {"layerDigest": digest, "layerAvailability": "UNAVAILABLE"} | kind
    size = repository.layers[digest]
    return {"layerDigest": digest, "layerAvailability": "AVAILABLE", "layerSize": size} | kind


def _failure(digest: str) -> dict[str, Any]:
    reason = f"Layer digest {digest!r} must read sha256: and 64 hexadecimal digits"
    return {"layerDigest": digest, "failureCode": "InvalidLayerDigest", "failureReason": reason}
