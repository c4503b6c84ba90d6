"""What ECR answers when it refuses, in its own words.

Knows nothing about when it refuses. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from collections.abc import Iterable

from dockyard.errors import AwsError


def invalid(parameter: str, constraint: str) -> AwsError:
    """A parameter that breaks a rule."""
    return AwsError(
        "InvalidParameterException", f"Invalid parameter at '{parameter}' failed to satisfy constraint: '{constraint}'"
    )


def no_repository(name: str, registry: str) -> AwsError:
    """No repository of this name in the account and region."""
    return AwsError(
        "RepositoryNotFoundException",
        f"The repository with name '{name}' does not exist in the registry with id '{registry}'",
    )


def repository_exists(name: str, registry: str) -> AwsError:
    """The name is taken."""
    return AwsError(
        "RepositoryAlreadyExistsException",
        f"The repository with name '{name}' already exists in the registry with id '{registry}'",
    )


def repository_not_empty(name: str, registry: str) -> AwsError:
    """Deleting a repository that holds images, without force."""
    return AwsError(
        "RepositoryNotEmptyException",
        f"The repository with name '{name}' in registry with id '{registry}' cannot be deleted because it still "
        "contains images",
    )


def no_image(identifier: dict[str, str], name: str, registry: str) -> AwsError:
    """No image under this digest or tag."""
    return AwsError(
        "ImageNotFoundException",
        f"The image with imageId {written(identifier)} does not exist within the repository with name '{name}' in the "
        f"registry with id '{registry}'",
    )


def image_exists(digest: str, tag: str, name: str, registry: str) -> AwsError:
    """The same manifest under the same tag once more."""
    return AwsError(
        "ImageAlreadyExistsException",
        f"Image with digest '{digest}' and tag '{tag or 'null'}' already exists in the repository with name '{name}' "
        f"in registry with id '{registry}'",
    )


def tag_is_taken(tag: str, name: str, what: str) -> AwsError:
    """An immutable tag given to another image; `what` is immutable: the repository or, with exclusions, the tag."""
    return AwsError(
        "ImageTagAlreadyExistsException",
        f"The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten because the {what} "
        "is immutable.",
    )


def layers_missing(digests: Iterable[str], name: str, registry: str) -> AwsError:
    """A manifest names layers that were never pushed to this repository."""
    return AwsError(
        "LayersNotFoundException",
        f"Layers with digests '[{', '.join(digests)}]' required for pushing image into repository with name '{name}' "
        f"in the registry with id '{registry}' do not exist",
    )


def members_missing(digests: Iterable[str], name: str, registry: str) -> AwsError:
    """An index names images that were never pushed to this repository."""
    return AwsError(
        "ReferencedImagesNotFoundException",
        f"Images with digests '[{', '.join(digests)}]' required for pushing image into repository with name '{name}' "
        f"in the registry with id '{registry}' do not exist",
    )


def nothing_set(code: str, what: str, name: str, registry: str) -> AwsError:
    """A policy that a repository does not have."""
    return AwsError(
        code, f"{what} does not exist for the repository with name '{name}' in the registry with id '{registry}'"
    )


def no_scan(identifier: dict[str, str], name: str, registry: str) -> AwsError:
    """An image that was never scanned."""
    return AwsError(
        "ScanNotFoundException",
        f"Image scan does not exist for the image with '{written(identifier)}' in the repository with name '{name}' in "
        f"the registry with id '{registry}'",
    )


def written(identifier: dict[str, str]) -> str:
    """An image's identifier as ECR writes it in a message."""
    digest, tag = identifier.get("imageDigest", "null"), identifier.get("imageTag", "null")
    return f"{{imageDigest:'{digest}', imageTag:'{tag}'}}"
