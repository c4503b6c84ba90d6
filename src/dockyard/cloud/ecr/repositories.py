"""Repositories: made, described, set up, deleted; their resource policies and tags.

Knows nothing about images beyond whether there are any.
"""

from __future__ import annotations

import json
from typing import Any

from dockyard.cloud.ecr import names, refusals
from dockyard.cloud.ecr.base import EcrRecords, page
from dockyard.cloud.ecr.state import Repository
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

MOST_TAGS = 50
MOST_FILTERS = 5


class Repositories(EcrRecords):
    """The operations on repositories."""

    @operation("CreateRepository")
    def create_repository(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html"""
        name = request["repositoryName"]
        if wrong := names.wrong_repository_name(name):
            raise refusals.invalid("repositoryName", wrong)
        if request.get("registryId", self.account.id) != self.account.id:
            raise refusals.invalid("registryId", f"must be {self.account.id}, the caller's own registry")
        if name in self.repositories:
            raise refusals.repository_exists(name, self.account.id)
        made = Repository(name, self.now, tags=read_tags(request.get("tags", []), {}))
        set_mutability(made, request)
        made.scan_on_push = request.get("imageScanningConfiguration", {}).get("scanOnPush", False)
        made.encryption = request.get("encryptionConfiguration", made.encryption)
        self.ecr.repositories[name] = made
        return {"repository": self.repository_shape(made)}

    @operation("DescribeRepositories")
    def describe_repositories(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html"""
        wanted = request.get("repositoryNames")
        if wanted and ("maxResults" in request or "nextToken" in request):
            raise refusals.invalid("maxResults", "cannot be used together with repositoryNames")
        if wanted:
            asked = [self.asked({**request, "repositoryName": name}) for name in wanted]
            return {"repositories": [self.repository_shape(one) for one in asked]}
        found, more = page(request, sorted(self.repositories.values(), key=lambda one: one.name))
        return {"repositories": [self.repository_shape(one) for one in found], **more}

    @operation("DeleteRepository")
    def delete_repository(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html"""
        repository = self.asked(request)
        if repository.images and not request.get("force"):
            raise refusals.repository_not_empty(repository.name, self.account.id)
        del self.ecr.repositories[repository.name]
        return {"repository": self.repository_shape(repository)}

    @operation("PutImageTagMutability")
    def put_image_tag_mutability(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html"""
        repository = self.asked(request)
        set_mutability(repository, request)
        return self.named(repository, **mutability_shape(repository))

    @operation("PutImageScanningConfiguration")
    def put_image_scanning_configuration(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageScanningConfiguration.html"""
        repository = self.asked(request)
        repository.scan_on_push = request["imageScanningConfiguration"].get("scanOnPush", False)
        return self.named(repository, imageScanningConfiguration={"scanOnPush": repository.scan_on_push})

    @operation("SetRepositoryPolicy")
    def set_repository_policy(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html"""
        repository = self.asked(request)
        if not is_policy(request["policyText"]):
            raise refusals.invalid("PolicyText", "Invalid repository policy provided")
        repository.policy = request["policyText"]
        return self.named(repository, policyText=repository.policy)

    @operation("GetRepositoryPolicy")
    def get_repository_policy(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html"""
        repository = self._with_policy(request)
        return self.named(repository, policyText=repository.policy)

    @operation("DeleteRepositoryPolicy")
    def delete_repository_policy(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepositoryPolicy.html"""
        repository = self._with_policy(request)
        text, repository.policy = repository.policy, ""
        return self.named(repository, policyText=text)

    @operation("TagResource")
    def tag_resource(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html"""
        repository = self._of_arn(request["resourceArn"])
        repository.tags = read_tags(request["tags"], repository.tags)
        return {}

    @operation("UntagResource")
    def untag_resource(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UntagResource.html"""
        repository = self._of_arn(request["resourceArn"])
        repository.tags = {key: value for key, value in repository.tags.items() if key not in request["tagKeys"]}
        return {}

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html"""
        tags = self._of_arn(request["resourceArn"]).tags
        return {"tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def repository_shape(self, repository: Repository) -> dict[str, Any]:
        """A repository as ECR describes it; its URI pushes and pulls exactly as printed."""
        return {
            "repositoryArn": self.repository_arn(repository),
            "registryId": self.account.id,
            "repositoryName": repository.name,
            "repositoryUri": f"{self.account.registry}/{self.account.id}/{repository.name}",
            "createdAt": repository.created_at,
            "imageScanningConfiguration": {"scanOnPush": repository.scan_on_push},
            "encryptionConfiguration": dict(repository.encryption),
            **mutability_shape(repository),
        }

    def _with_policy(self, request: Request) -> Repository:
        repository = self.asked(request)
        if not repository.policy:
            what = "Repository policy"
            raise refusals.nothing_set("RepositoryPolicyNotFoundException", what, repository.name, self.account.id)
        return repository

    def _of_arn(self, arn: str) -> Repository:
        start = self.arn("repository/")
        if not arn.startswith(start):
            raise refusals.invalid("resourceArn", f"must be the ARN of a repository, {start}NAME")
        return self.asked({"repositoryName": arn.removeprefix(start)})


def set_mutability(repository: Repository, request: Request) -> None:
    """Read imageTagMutability and its exclusion filters into the repository. A refusal (AwsError) changes nothing."""
    mutability = request.get("imageTagMutability", "MUTABLE")
    filters = tuple(one["filter"] for one in request.get("imageTagMutabilityExclusionFilters", []))
    where = "imageTagMutabilityExclusionFilters"
    if mutability.endswith("_WITH_EXCLUSION") and not 1 <= len(filters) <= MOST_FILTERS:
        raise refusals.invalid(where, f"must have 1 to {MOST_FILTERS} filters with {mutability}")
    if filters and not mutability.endswith("_WITH_EXCLUSION"):
        raise refusals.invalid(where, f"cannot be used with {mutability}")
    for one in filters:
        if not names.is_filter(one):
            raise refusals.invalid(where, "must satisfy regular expression '^[0-9a-zA-Z._*-]{1,128}$', two * at most")
    repository.mutability, repository.exclusions = mutability, filters


def mutability_shape(repository: Repository) -> dict[str, Any]:
    """Mutability as ECR describes it, filters only where there are some."""
    shape: dict[str, Any] = {"imageTagMutability": repository.mutability}
    if repository.exclusions:
        shape["imageTagMutabilityExclusionFilters"] = [
            {"filterType": "WILDCARD", "filter": one} for one in repository.exclusions
        ]
    return shape


def read_tags(given: list[dict[str, str]], kept: dict[str, str]) -> dict[str, str]:
    """The tags kept, with the given ones over them."""
    tags = {**kept, **{one["Key"]: one["Value"] for one in given}}
    if len(tags) > MOST_TAGS:
        raise AwsError("TooManyTagsException", f"A repository takes {MOST_TAGS} tags at most, not {len(tags)}.")
    return tags


def is_policy(text: str) -> bool:
    """Whether this reads as a policy document: JSON with statements."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and bool(content.get("Statement"))
