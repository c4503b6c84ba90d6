"""Images: put, listed, described, read, deleted.

Knows nothing about blobs on disk: what a manifest needs is looked up in the records, so a replay needs no bytes.

`dockyardArchitecture` and `dockyardConfiguration` (the members of a `Configuration`) of PutImage are the registry's to
set, from the configuration blob: no AWS client can, as they are not in the service's model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dockyard.cloud.ecr import manifests, names, refusals
from dockyard.cloud.ecr.base import EcrRecords, Identifier, find, page
from dockyard.cloud.ecr.manifests import Manifest
from dockyard.cloud.ecr.state import Configuration, Image, Repository
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError


class Images(EcrRecords):
    """The operations on images."""

    @operation("PutImage")
    def put_image(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html"""
        repository, tag = self.asked(request), request.get("imageTag", "")
        if tag and not names.is_tag(tag):
            raise refusals.invalid("imageTag", "must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}'")
        manifest = manifests.read(request["imageManifest"], request.get("imageManifestMediaType", ""))
        self._check(repository, manifest, tag, request.get("imageDigest", manifest.digest))
        image = repository.images.get(manifest.digest)
        if image is None:
            image = self._made(repository, manifest, request)
            repository.images[image.digest] = image
        if tag:
            repository.tagged[tag] = image.digest
        self.note(f"Image {image.digest} was pushed to {repository.name}" + (f" as {tag}" if tag else ""))
        self.pushed(repository, image)
        identifier = {"imageDigest": image.digest} | ({"imageTag": tag} if tag else {})
        return {"image": self.image_shape(repository, image, identifier)}

    @operation("ListImages")
    def list_images(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html"""
        repository = self.asked(request)
        found: list[Identifier] = []
        for image in filtered(repository, request):
            tags = repository.tags_of(image.digest)
            found += [{"imageDigest": image.digest, "imageTag": tag} for tag in tags]
            found += [] if tags else [{"imageDigest": image.digest}]
        listed, more = page(request, found)
        return {"imageIds": listed, **more}

    @operation("DescribeImages")
    def describe_images(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html"""
        repository = self.asked(request)
        if wanted := request.get("imageIds"):
            images = dict.fromkeys(self.image_asked(repository, one) for one in wanted)
            return {"imageDetails": [self.detail_shape(repository, one) for one in images]}
        found, more = page(request, filtered(repository, request))
        return {"imageDetails": [self.detail_shape(repository, one) for one in found], **more}

    @operation("BatchGetImage")
    def batch_get_image(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html"""
        repository = self.asked(request)
        images, failures = [], []
        for identifier in request["imageIds"]:
            image = find(repository, identifier)
            if image is None:
                failures.append(failure(repository, identifier))
            else:
                whole = {"imageDigest": image.digest} | identifier
                images.append(self.image_shape(repository, image, whole))
        return {"images": images, "failures": failures}

    @operation("BatchDeleteImage")
    def batch_delete_image(self, request: Request) -> Response:
        """By tag the tag goes, and the image with its last tag; by digest the image goes with all its tags.

        https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
        """
        repository = self.asked(request)
        deleted: list[Identifier] = []
        failures: list[dict[str, Any]] = []
        for identifier in request["imageIds"]:
            image = find(repository, identifier)
            holder = image and held_by(repository, image.digest)
            if image is None:
                failures.append(failure(repository, identifier))
            elif holder and _is_last(repository, image, identifier):
                failures.append(_referenced(identifier, holder))
            else:
                deleted += _delete(repository, image, identifier)
        return {"imageIds": deleted, "failures": failures}

    def pushed(self, repository: Repository, image: Image) -> None:
        """What follows a push; scanning adds to it."""

    def image_shape(self, repository: Repository, image: Image, identifier: Identifier) -> dict[str, Any]:
        """An image with its manifest, as ECR returns it."""
        return self.named(
            repository,
            imageId=identifier,
            imageManifest=image.manifest,
            imageManifestMediaType=image.media_type,
        )

    def detail_shape(self, repository: Repository, image: Image) -> dict[str, Any]:
        """An image as DescribeImages shows it."""
        tags = repository.tags_of(image.digest)
        return self.named(
            repository,
            imageDigest=image.digest,
            **({"imageTags": tags} if tags else {}),
            imageSizeInBytes=image.size_bytes,
            imagePushedAt=image.pushed_at,
            imageManifestMediaType=image.media_type,
            **({"artifactMediaType": image.artifact_type} if image.artifact_type else {}),
            **({"subjectManifestDigest": image.subject} if image.subject else {}),
            imageStatus="ACTIVE",
        )

    def _check(self, repository: Repository, manifest: Manifest, tag: str, announced: str) -> None:
        if announced != manifest.digest:
            text = f"The image digest is '{manifest.digest}', not '{announced}' as the request says"
            raise AwsError("ImageDigestDoesNotMatchException", text)
        here = repository.images if manifest.is_index else repository.layers
        if missing := [one for one in manifest.needs if one not in here]:
            refuse = refusals.members_missing if manifest.is_index else refusals.layers_missing
            raise refuse(missing, repository.name, self.account.id)
        now_tagged = repository.tagged.get(tag)
        if now_tagged == manifest.digest or (not tag and manifest.digest in repository.images):
            raise refusals.image_exists(manifest.digest, tag, repository.name, self.account.id)
        if now_tagged is not None and is_immutable(repository, tag):
            raise refusals.tag_is_taken(tag, repository.name, "tag" if repository.exclusions else "repository")

    def _made(self, repository: Repository, manifest: Manifest, request: Request) -> Image:
        members = [repository.images[one] for one in manifest.needs] if manifest.is_index else []
        said = request.get("dockyardConfiguration")
        return Image(
            digest=manifest.digest,
            manifest=request["imageManifest"],
            media_type=manifest.media_type,
            pushed_at=self.now,
            size_bytes=max([manifest.size_bytes, *(one.size_bytes for one in members)]),
            nominal_bytes=max([manifest.nominal_bytes, *(one.nominal_bytes for one in members)]),
            architecture=request.get("dockyardArchitecture") or _known_architecture(repository, manifest),
            needs=manifest.needs,
            is_index=manifest.is_index,
            artifact_type=manifest.artifact_type,
            subject=manifest.subject,
            configuration=Configuration(**said) if said else _known_configuration(repository, manifest),
        )


def is_immutable(repository: Repository, tag: str) -> bool:
    """Whether a tag, once given, keeps its image.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    """
    excluded = any(names.matches(pattern, tag) for pattern in repository.exclusions)
    return repository.mutability.startswith("IMMUTABLE") != excluded


def filtered(repository: Repository, request: Request) -> list[Image]:
    """The images in the order in which they were first pushed, by tagStatus where a request asks for one."""
    status = request.get("filter", {}).get("tagStatus", "ANY")
    images, tagged = repository.images.values(), set(repository.tagged.values())
    return [one for one in images if status == "ANY" or (status == "TAGGED") == (one.digest in tagged)]


def failure(repository: Repository, identifier: Identifier) -> dict[str, Any]:
    """Why an imageId means no image, in ECR's codes."""
    digest, tag = identifier.get("imageDigest"), identifier.get("imageTag")
    code, reason = "ImageNotFound", "Requested image not found"
    if digest is None and tag is None:
        code, reason = "MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null"
    elif digest is not None and not names.is_digest(digest):
        pattern = "[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+"
        code = "InvalidImageDigest"
        reason = f"Invalid request parameters: image digest should satisfy the regex '{pattern}'"
    elif digest in repository.images and tag in repository.tagged:
        code, reason = "ImageTagDoesNotMatchDigest", "Requested image's tag does not match its digest"
    return {"imageId": identifier, "failureCode": code, "failureReason": reason}


def _known_architecture(repository: Repository, manifest: Manifest) -> str:
    return "" if manifest.is_index else next((one.architecture for one in _kin(repository, manifest)), "amd64")


def _known_configuration(repository: Repository, manifest: Manifest) -> Configuration:
    return next((one.configuration for one in _kin(repository, manifest)), Configuration())


def _kin(repository: Repository, manifest: Manifest) -> Iterator[Image]:
    """A manifest put by an AWS client: its configuration may be known from another image here."""
    images = repository.images.values() if not manifest.is_index else ()
    return (one for one in images if not one.is_index and one.needs[:1] == manifest.needs[:1])


def held_by(repository: Repository, digest: str) -> list[str]:
    """The indexes that list this image: it cannot go before they do."""
    return [one.digest for one in repository.images.values() if one.is_index and digest in one.needs]


def _is_last(repository: Repository, image: Image, identifier: Identifier) -> bool:
    return "imageTag" not in identifier or len(repository.tags_of(image.digest)) == 1


def _referenced(identifier: Identifier, holders: list[str]) -> dict[str, Any]:
    reason = f"Requested image referenced by manifest list: [{', '.join(holders)}]"
    return {"imageId": identifier, "failureCode": "ImageReferencedByManifestList", "failureReason": reason}


def _delete(repository: Repository, image: Image, identifier: Identifier) -> list[Identifier]:
    tags = repository.tags_of(image.digest)
    gone = [identifier["imageTag"]] if "imageTag" in identifier else tags
    for tag in gone:
        del repository.tagged[tag]
    if len(gone) == len(tags):
        repository.forget(image.digest)
    return [{"imageDigest": image.digest, "imageTag": tag} for tag in gone] or [{"imageDigest": image.digest}]
