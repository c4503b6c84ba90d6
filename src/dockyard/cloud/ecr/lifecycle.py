"""Lifecycle policies: put, previewed, and evaluated once a day.

Knows nothing about what a rule means. "After a policy is applied, images expire within 24 hours"
(https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html): here after 24 hours, then daily.
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecr import refusals
from dockyard.cloud.ecr.base import EcrRecords, page
from dockyard.cloud.ecr.images import held_by
from dockyard.cloud.ecr.lifecycle_rules import DAY, expiring, read_rules
from dockyard.cloud.ecr.state import Lifecycle, Preview, Repository
from dockyard.cloud.service import Request, Response, effect, operation

#: so long a preview is in progress
PREVIEW_SECONDS = 10.0


class Lifecycles(EcrRecords):
    """The operations on lifecycle policies and what they do later."""

    @operation("PutLifecyclePolicy")
    def put_lifecycle_policy(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html"""
        repository = self.asked(request)
        text = request["lifecyclePolicyText"]
        read_rules(text)
        self.ecr.policies_put += 1
        repository.lifecycle = Lifecycle(text, self.ecr.policies_put)
        self.plan(DAY, "expire_images", repository.name, repository.lifecycle.number)
        return self.named(repository, lifecyclePolicyText=text)

    @operation("GetLifecyclePolicy")
    def get_lifecycle_policy(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicy.html"""
        repository = self.asked(request)
        return self._policy_shape(repository, self._policy(repository))

    @operation("DeleteLifecyclePolicy")
    def delete_lifecycle_policy(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteLifecyclePolicy.html"""
        repository = self.asked(request)
        policy, repository.lifecycle = self._policy(repository), None
        return self._policy_shape(repository, policy)

    @operation("StartLifecyclePolicyPreview")
    def start_lifecycle_policy_preview(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_StartLifecyclePolicyPreview.html"""
        repository = self.asked(request)
        text = request.get("lifecyclePolicyText") or self._policy(repository).text
        found = expiring(repository, read_rules(text), self.now)
        results = tuple((image.digest, priority) for image, priority in found)
        repository.preview = Preview(text, self.now + PREVIEW_SECONDS, results)
        return self.named(repository, lifecyclePolicyText=text, status="IN_PROGRESS")

    @operation("GetLifecyclePolicyPreview")
    def get_lifecycle_policy_preview(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicyPreview.html"""
        repository = self.asked(request)
        preview = repository.preview
        if preview is None:
            code, what = "LifecyclePolicyPreviewNotFoundException", "Lifecycle policy preview"
            raise refusals.nothing_set(code, what, repository.name, self.account.id)
        shape = self.named(repository, lifecyclePolicyText=preview.text)
        if self.now < preview.ready_at:
            return shape | {"status": "IN_PROGRESS"}
        results, more = page(request, [_result(repository, *one) for one in preview.results])
        summary = {"expiringImageTotalCount": len(preview.results)}
        return shape | {"status": "COMPLETE", "previewResults": results, "summary": summary, **more}

    @effect
    def expire_images(self, name: str, number: int) -> None:
        """Evaluate the policy with this number, delete what it expires, and plan the next day's evaluation."""
        repository = self.repository(name)
        if repository is None or repository.lifecycle is None or repository.lifecycle.number != number:
            return
        repository.lifecycle.evaluated_at = self.now
        self.plan(DAY, "expire_images", name, number)
        found = expiring(repository, read_rules(repository.lifecycle.text), self.now)
        for image, priority in sorted(found, key=lambda one: not one[0].is_index):
            if not held_by(repository, image.digest):
                self.note(f"Lifecycle rule {priority} expired image {image.digest} of {name}")
                repository.forget(image.digest)

    def _policy(self, repository: Repository) -> Lifecycle:
        if repository.lifecycle is None:
            code, what = "LifecyclePolicyNotFoundException", "Lifecycle policy"
            raise refusals.nothing_set(code, what, repository.name, self.account.id)
        return repository.lifecycle

    def _policy_shape(self, repository: Repository, policy: Lifecycle) -> dict[str, Any]:
        evaluated = {"lastEvaluatedAt": policy.evaluated_at} if policy.evaluated_at else {}
        return self.named(repository, lifecyclePolicyText=policy.text, **evaluated)


def _result(repository: Repository, digest: str, priority: int) -> dict[str, Any]:
    image = repository.images.get(digest)
    return {
        "imageDigest": digest,
        "imageTags": repository.tags_of(digest),
        "action": {"type": "EXPIRE"},
        "appliedRulePriority": priority,
        **({"imagePushedAt": image.pushed_at} if image else {}),
    }
