"""What every part of ECR starts from: its name, its records, and how a repository or an image is found.

Knows nothing about what the parts do.
"""

from __future__ import annotations

from typing import Any, TypeVar

from dockyard.cloud import pages
from dockyard.cloud.ecr import refusals
from dockyard.cloud.ecr.state import EcrState, Image, Repository
from dockyard.cloud.service import Request, Service

Listed = TypeVar("Listed")
Identifier = dict[str, str]

#: what a page holds unless told, and at most
PAGE, LARGEST_PAGE = 100, 1000


class EcrRecords(Service):
    """ECR's records and how to find things in them."""

    name = "ecr"
    prefix = "ecr"
    state_type = EcrState

    @property
    def ecr(self) -> EcrState:
        """The records of this region, made at the first touch: for operations that write."""
        records: EcrState = self.records
        return records

    @property
    def repositories(self) -> dict[str, Repository]:
        """The repositories by name; looking makes no records, so a look leaves no trace in the state."""
        kept: EcrState | None = self.account.regions.get(self.region, {}).get(self.name)
        return kept.repositories if kept else {}

    def repository(self, name: str) -> Repository | None:
        """The repository of this name."""
        return self.repositories.get(name)

    def asked(self, request: Request) -> Repository:
        """The repository a request names. Raises AwsError RepositoryNotFoundException, also for another registry."""
        name, registry = request["repositoryName"], request.get("registryId", self.account.id)
        found = self.repositories.get(name)
        if found is None or registry != self.account.id:
            raise refusals.no_repository(name, registry)
        return found

    def image_asked(self, repository: Repository, identifier: Identifier) -> Image:
        """The image that an imageId names. Raises AwsError ImageNotFoundException."""
        found = find(repository, identifier)
        if found is None:
            raise refusals.no_image(identifier, repository.name, self.account.id)
        return found

    def repository_arn(self, repository: Repository) -> str:
        """The repository's ARN."""
        return self.arn(f"repository/{repository.name}")

    def named(self, repository: Repository, **members: Any) -> dict[str, Any]:
        """A response that begins with whose repository it is."""
        return {"registryId": self.account.id, "repositoryName": repository.name, **members}


def find(repository: Repository, identifier: Identifier) -> Image | None:
    """The image under a digest, a tag, or both where they agree."""
    digest, tag = identifier.get("imageDigest"), identifier.get("imageTag")
    if tag is not None and tag not in repository.tagged:
        return None
    meant = digest or (repository.tagged[tag] if tag is not None else "")
    if tag is not None and repository.tagged[tag] != meant:
        return None
    return repository.images.get(meant)


def page(request: Request, items: list[Listed]) -> tuple[list[Listed], dict[str, str]]:
    """One page of a list, and `nextToken` where more follows. Raises AwsError for a token that is not ours."""
    size = request.get("maxResults") or PAGE
    if not 1 <= size <= LARGEST_PAGE:
        raise refusals.invalid("maxResults", f"must be between 1 and {LARGEST_PAGE}")
    stale = refusals.invalid("nextToken", "must be a token of an earlier answer")
    found, token = pages.page(items, request.get("nextToken") or None, size, stale)
    return found, pages.with_token({}, "nextToken", token)
