"""ECR's rules: names, immutable tags, digests and sizes, deletion, scans, lifecycle, and what an image's URI means."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from landscape import Landscape

from dockyard.cloud.account import Account
from dockyard.cloud.ecr.service import Ecr
from dockyard.cloud.simulation import Simulation
from dockyard.errors import AwsError

HERE = "us-east-1"
ACCOUNT = "123456789012"
DAY = 86_400


class World(Simulation):
    kinds = {"ecr": Ecr}


@pytest.fixture
def world() -> World:
    return World(Account.born(ACCOUNT, "seed", 1_800_000_000.0), Landscape())


def call(world: World, operation: str, **request: Any) -> dict[str, Any]:
    return world.call("ecr", operation, HERE, {"repositoryName": "credit"} | request)


def refusal(world: World, operation: str, **request: Any) -> AwsError:
    with pytest.raises(AwsError) as caught:
        call(world, operation, **request)
    return caught.value


def digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def manifest(*layers: tuple[str, int], config: str = "config", nominal: int = 0) -> str:
    annotations = {"annotations": {"dev.dockyard.nominal-size": str(nominal)}} if nominal else {}
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(config), "size": 7},
            "layers": [
                {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest(name), "size": size}
                | annotations
                for name, size in layers
            ],
        }
    )


def push(world: World, tag: str | None = "1.0", *, config: str = "config", arch: str = "amd64", **members: Any) -> str:
    """Push a small image as the registry does: its layers, then its manifest. Returns its digest."""
    for blob, size in ((config, 7), ("base", 30_000_000), (f"app of {config}", 1_000)):
        call(world, "CompleteLayerUpload", uploadId="u", layerDigests=[digest(blob)], dockyardSize=size)
    text = manifest(("base", 30_000_000), (f"app of {config}", 1_000), config=config)
    tagged = {"imageTag": tag} if tag else {}
    call(world, "PutImage", imageManifest=text, dockyardArchitecture=arch, **tagged, **members)
    return digest(text)


def test_a_repository_says_where_to_push(world: World) -> None:
    made = call(world, "CreateRepository", repositoryName="team/credit")["repository"]
    assert made["repositoryUri"] == f"127.0.0.1:4566/{ACCOUNT}/team/credit"
    assert made["repositoryArn"] == f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/team/credit"
    assert made["imageTagMutability"] == "MUTABLE"
    assert made["createdAt"] == 1_800_000_000.0
    assert world.call("ecr", "DescribeRepositories", HERE, {})["repositories"] == [made]


@pytest.mark.parametrize("name", ["Credit", "a", "credit/", "credit..api", "credit api", "x" * 257])
def test_a_repository_name_ecr_does_not_take(world: World, name: str) -> None:
    refused = refusal(world, "CreateRepository", repositoryName=name)
    assert refused.code == "InvalidParameterException"
    assert "Invalid parameter at 'repositoryName' failed to satisfy constraint" in refused.message


def test_a_repository_is_made_once_and_only_found_where_it_is(world: World) -> None:
    call(world, "CreateRepository")
    assert refusal(world, "CreateRepository").code == "RepositoryAlreadyExistsException"
    missing = refusal(world, "DescribeRepositories", repositoryNames=["credit", "debit"])
    assert missing.code == "RepositoryNotFoundException"
    assert missing.message == f"The repository with name 'debit' does not exist in the registry with id '{ACCOUNT}'"
    assert refusal(world, "ListImages", registryId="999999999999").code == "RepositoryNotFoundException"
    assert world.call("ecr", "DescribeRepositories", "eu-west-1", {})["repositories"] == []


def test_an_image_has_the_digest_of_its_manifest_and_the_size_of_its_layers(world: World) -> None:
    call(world, "CreateRepository")
    pushed = push(world)
    (image,) = call(world, "DescribeImages")["imageDetails"]
    assert image["imageDigest"] == pushed
    assert image["imageSizeInBytes"] == 30_001_000
    assert image["imageTags"] == ["1.0"]
    assert image["imagePushedAt"] == 1_800_000_000.0
    (read,) = call(world, "BatchGetImage", imageIds=[{"imageTag": "1.0"}])["images"]
    assert digest(read["imageManifest"]) == pushed == read["imageId"]["imageDigest"]


def test_a_manifest_whose_layers_were_not_pushed_here_is_refused(world: World) -> None:
    call(world, "CreateRepository")
    push(world)
    call(world, "CreateRepository", repositoryName="debit")
    text = manifest(("base", 30_000_000))
    refused = refusal(world, "PutImage", repositoryName="debit", imageManifest=text)
    assert refused.code == "LayersNotFoundException"
    assert digest("base") in refused.message
    checked = call(world, "BatchCheckLayerAvailability", layerDigests=[digest("base"), digest("other"), "garbage"])
    assert [one["layerAvailability"] for one in checked["layers"]] == ["AVAILABLE", "UNAVAILABLE"]
    assert checked["failures"][0]["failureCode"] == "InvalidLayerDigest"


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, "[]", '{"schemaVersion": 2}', '{"schemaVersion": 1, "layers": []}']
)
def test_a_manifest_that_is_none_is_refused(world: World, text: str) -> None:
    call(world, "CreateRepository")
    assert refusal(world, "PutImage", imageManifest=text).code == "InvalidParameterException"


def test_a_tag_moves_to_the_newer_image_unless_it_is_immutable(world: World) -> None:
    call(world, "CreateRepository")
    first, second = push(world, "latest", config="one"), push(world, "latest", config="two")
    listed = call(world, "ListImages")["imageIds"]
    assert listed == [{"imageDigest": first}, {"imageDigest": second, "imageTag": "latest"}]
    assert call(world, "ListImages", filter={"tagStatus": "UNTAGGED"})["imageIds"] == [{"imageDigest": first}]
    call(world, "PutImageTagMutability", imageTagMutability="IMMUTABLE")
    with pytest.raises(AwsError) as caught:
        push(world, "latest", config="three")
    assert caught.value.code == "ImageTagAlreadyExistsException"
    assert caught.value.message == (
        "The image tag 'latest' already exists in the 'credit' repository and cannot be overwritten because the "
        "repository is immutable."
    )
    assert call(world, "ListImages")["imageIds"] == listed


def test_exclusions_turn_mutability_round_for_the_tags_they_match(world: World) -> None:
    filters = [{"filterType": "WILDCARD", "filter": "dev-*"}]
    call(
        world,
        "CreateRepository",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=filters,
    )
    for tag in ("dev-1", "1.0"):
        push(world, tag, config="one")
    push(world, "dev-1", config="two")
    with pytest.raises(AwsError, match="because the tag is immutable"):
        push(world, "1.0", config="two")
    refused = refusal(world, "PutImageTagMutability", imageTagMutability="IMMUTABLE_WITH_EXCLUSION")
    assert refused.code == "InvalidParameterException"


def test_the_same_image_under_the_same_tag_is_refused_to_an_aws_client(world: World) -> None:
    call(world, "CreateRepository")
    pushed = push(world)
    again = refusal(world, "PutImage", imageManifest=manifest_of(world, pushed), imageTag="1.0")
    assert again.code == "ImageAlreadyExistsException"
    call(world, "PutImage", imageManifest=manifest_of(world, pushed), imageTag="stable")
    assert call(world, "DescribeImages")["imageDetails"][0]["imageTags"] == ["1.0", "stable"]


def manifest_of(world: World, pushed: str) -> str:
    text: str = call(world, "BatchGetImage", imageIds=[{"imageDigest": pushed}])["images"][0]["imageManifest"]
    return text


def test_deleting_by_tag_takes_the_image_with_its_last_tag(world: World) -> None:
    call(world, "CreateRepository")
    pushed = push(world)
    call(world, "PutImage", imageManifest=manifest_of(world, pushed), imageTag="stable")
    answer = call(world, "BatchDeleteImage", imageIds=[{"imageTag": "1.0"}, {"imageTag": "gone"}, {}])
    assert answer["imageIds"] == [{"imageDigest": pushed, "imageTag": "1.0"}]
    assert [one["failureCode"] for one in answer["failures"]] == ["ImageNotFound", "MissingDigestAndTag"]
    assert len(call(world, "DescribeImages")["imageDetails"]) == 1
    call(world, "BatchDeleteImage", imageIds=[{"imageTag": "stable"}])
    assert refusal(world, "DescribeImages", imageIds=[{"imageDigest": pushed}]).code == "ImageNotFoundException"


def test_a_repository_with_images_goes_only_by_force(world: World) -> None:
    call(world, "CreateRepository")
    push(world)
    assert refusal(world, "DeleteRepository").code == "RepositoryNotEmptyException"
    call(world, "DeleteRepository", force=True)
    assert refusal(world, "ListImages").code == "RepositoryNotFoundException"


def index_of(*members: str) -> str:
    kind = "application/vnd.oci.image.manifest.v1+json"
    listed = [{"mediaType": kind, "digest": one, "size": 500} for one in members]
    return json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": listed})


def test_an_index_needs_its_members_and_keeps_them(world: World) -> None:
    call(world, "CreateRepository")
    intel, arm = push(world, None, config="intel"), push(world, None, config="arm", arch="arm64")
    missing = refusal(world, "PutImage", imageManifest=index_of(intel, digest("none")))
    assert missing.code == "ReferencedImagesNotFoundException"
    call(world, "PutImage", imageManifest=index_of(intel, arm), imageTag="both")
    found = world.service(Ecr, HERE).resolve(f"127.0.0.1:4566/{ACCOUNT}/credit:both")
    assert found is not None
    assert (found.platforms, found.architecture, found.size_bytes) == (("amd64", "arm64"), "amd64", 30_001_000)
    answer = call(world, "BatchDeleteImage", imageIds=[{"imageDigest": intel}])
    assert answer["failures"][0]["failureCode"] == "ImageReferencedByManifestList"


@pytest.mark.parametrize(
    "image",
    [
        f"127.0.0.1:4566/{ACCOUNT}/credit:1.0",
        f"127.0.0.1:9999/{ACCOUNT}/credit:1.0",
        f"localhost:4566/{ACCOUNT}/credit",
        f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/credit:1.0",
        f"127.0.0.1:4566/{ACCOUNT}/credit@DIGEST",
        f"127.0.0.1:4566/{ACCOUNT}/credit:elsewhere@DIGEST",
    ],
)
def test_what_an_image_uri_means(world: World, image: str) -> None:
    call(world, "CreateRepository")
    pushed = push(world, arch="arm64")
    call(world, "PutImage", imageManifest=manifest_of(world, pushed), imageTag="latest")
    found = world.service(Ecr, HERE).resolve(image.replace("DIGEST", pushed))
    assert found is not None
    assert (found.digest, found.architecture) == (pushed, "arm64")
    assert found.repository_arn.endswith(":repository/credit")


@pytest.mark.parametrize(
    "image",
    [
        f"127.0.0.1:4566/{ACCOUNT}/credit:2.0",
        "127.0.0.1:4566/999999999999/credit:1.0",
        f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/credit:1.0",
        "python:3.12-slim",
        "credit",
        "",
    ],
)
def test_what_means_no_image_here_and_looking_leaves_no_trace(world: World, image: str) -> None:
    call(world, "CreateRepository")
    push(world)
    before = world.account.described()
    assert world.service(Ecr, HERE).resolve(image) is None
    assert world.account.described() == before


def test_the_nominal_size_is_what_the_layers_stand_for(world: World) -> None:
    call(world, "CreateRepository")
    for blob in ("config", "pip"):
        call(world, "CompleteLayerUpload", uploadId="u", layerDigests=[digest(blob)], dockyardSize=9)
    call(world, "PutImage", imageManifest=manifest(("pip", 9), nominal=120_000_000), imageTag="1.0")
    found = world.service(Ecr, HERE).resolve(f"127.0.0.1:4566/{ACCOUNT}/credit:1.0")
    assert found is not None
    assert (found.size_bytes, found.nominal_bytes) == (9, 120_000_000)


def test_a_push_is_scanned_where_asked_and_describing_settles(world: World) -> None:
    call(world, "CreateRepository", imageScanningConfiguration={"scanOnPush": True})
    push(world)
    wanted = {"repositoryName": "credit", "imageId": {"imageTag": "1.0"}}
    assert call(world, "DescribeImageScanFindings", **wanted)["imageScanStatus"]["status"] == "IN_PROGRESS"
    assert world.settle("ecr", "DescribeImageScanFindings", HERE, wanted)
    answer = call(world, "DescribeImageScanFindings", **wanted)
    assert answer["imageScanStatus"]["status"] == "COMPLETE"
    counts = answer["imageScanFindings"]["findingSeverityCounts"]
    assert sum(counts.values()) == len(answer["imageScanFindings"]["findings"])
    assert refusal(world, "StartImageScan", **wanted).code == "LimitExceededException"


def test_an_image_never_scanned(world: World) -> None:
    call(world, "CreateRepository")
    push(world)
    assert refusal(world, "DescribeImageScanFindings", imageId={"imageTag": "1.0"}).code == "ScanNotFoundException"


def policy(**selection: Any) -> str:
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    return json.dumps({"rules": [rule]})


def test_a_lifecycle_policy_expires_within_a_day_what_its_rules_select(world: World) -> None:
    call(world, "CreateRepository")
    for version in ("one", "two", "three"):
        push(world, f"dev-{version}", config=version)
        world.advance(60)
    push(world, "prod-1", config="four")
    text = policy(tagStatus="tagged", tagPrefixList=["dev-"], countType="imageCountMoreThan", countNumber=1)
    call(world, "PutLifecyclePolicy", lifecyclePolicyText=text)
    world.advance(DAY)
    assert world.service(Ecr, HERE).tags("credit") == ["dev-three", "prod-1"]
    why = world.account.causes.chain(world.account.causes.noted)
    assert why[0].what.startswith("Lifecycle rule 1 expired image sha256:")
    assert why[-1].what == "PutLifecyclePolicy was called"


def test_a_star_is_one_in_patterns_and_no_tag_begins_with_one(world: World) -> None:
    call(world, "CreateRepository")
    push(world, "dev-1", config="one")
    for given, left in (({"tagPrefixList": ["dev-*"]}, ["dev-1"]), ({"tagPatternList": ["dev-*"]}, [])):
        world.advance(DAY)
        counted = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1}
        call(world, "PutLifecyclePolicy", lifecyclePolicyText=policy(tagStatus="tagged", **given, **counted))
        world.advance(DAY)
        assert world.service(Ecr, HERE).tags("credit") == left


def test_untagged_images_expire_by_age(world: World) -> None:
    call(world, "CreateRepository")
    push(world, None)
    text = policy(tagStatus="untagged", countType="sinceImagePushed", countUnit="days", countNumber=2)
    call(world, "PutLifecyclePolicy", lifecyclePolicyText=text)
    world.advance(DAY)
    assert len(call(world, "ListImages")["imageIds"]) == 1
    world.advance(DAY)
    assert call(world, "ListImages")["imageIds"] == []


def test_a_replaced_policy_is_not_evaluated(world: World) -> None:
    call(world, "CreateRepository")
    for version in ("one", "two"):
        push(world, None, config=version)
    keep, expire = (policy(tagStatus="any", countType="imageCountMoreThan", countNumber=count) for count in (9, 1))
    call(world, "PutLifecyclePolicy", lifecyclePolicyText=keep)
    world.advance(DAY - 60)
    call(world, "PutLifecyclePolicy", lifecyclePolicyText=expire)
    world.advance(DAY - 60)
    assert len(call(world, "ListImages")["imageIds"]) == 2
    world.advance(60)
    assert len(call(world, "ListImages")["imageIds"]) == 1


def test_an_image_that_one_rule_keeps_is_no_later_rules_business(world: World) -> None:
    call(world, "CreateRepository")
    for tag in ("prod-1", "prod-2", "dev-1", "dev-2"):
        push(world, tag, config=tag)
        world.advance(1)
    prod = {"tagStatus": "tagged", "tagPatternList": ["prod*"], "countType": "imageCountMoreThan", "countNumber": 9}
    rest = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
    expire = {"type": "expire"}
    rules = [{"rulePriority": 2, "selection": rest, "action": expire}]
    rules += [{"rulePriority": 1, "selection": prod, "action": expire}]
    call(world, "StartLifecyclePolicyPreview", lifecyclePolicyText=json.dumps({"rules": rules}))
    assert call(world, "GetLifecyclePolicyPreview")["status"] == "IN_PROGRESS"
    world.advance(10)
    preview = call(world, "GetLifecyclePolicyPreview")
    assert [(one["imageTags"], one["appliedRulePriority"]) for one in preview["previewResults"]] == [(["dev-1"], 2)]
    assert len(call(world, "ListImages")["imageIds"]) == 4


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"rules": []}',
        policy(tagStatus="tagged", countType="imageCountMoreThan", countNumber=1),
        policy(tagStatus="untagged", countType="sinceImagePushed", countNumber=1),
        policy(tagStatus="any", countType="imageCountMoreThan", countNumber=0),
    ],
)
def test_a_lifecycle_policy_that_is_none_is_refused(world: World, text: str) -> None:
    call(world, "CreateRepository")
    refused = refusal(world, "PutLifecyclePolicy", lifecyclePolicyText=text)
    assert refused.code == "InvalidParameterException"
    assert "Lifecycle policy validation failure" in refused.message
    assert refusal(world, "GetLifecyclePolicy").code == "LifecyclePolicyNotFoundException"


def test_policies_and_tags_of_a_repository(world: World) -> None:
    made = call(world, "CreateRepository", tags=[{"Key": "team", "Value": "risk"}])["repository"]
    assert refusal(world, "GetRepositoryPolicy").code == "RepositoryPolicyNotFoundException"
    assert refusal(world, "SetRepositoryPolicy", policyText="nonsense").code == "InvalidParameterException"
    text = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]}'
    call(world, "SetRepositoryPolicy", policyText=text)
    assert call(world, "GetRepositoryPolicy")["policyText"] == text
    call(world, "TagResource", resourceArn=made["repositoryArn"], tags=[{"Key": "stage", "Value": "prod"}])
    call(world, "UntagResource", resourceArn=made["repositoryArn"], tagKeys=["team"])
    listed = call(world, "ListTagsForResource", resourceArn=made["repositoryArn"])
    assert listed == {"tags": [{"Key": "stage", "Value": "prod"}]}


def test_pages(world: World) -> None:
    call(world, "CreateRepository")
    for number in range(5):
        push(world, f"v{number}", config=str(number))
    first = call(world, "ListImages", maxResults=3)
    rest = call(world, "ListImages", maxResults=3, nextToken=first["nextToken"])
    assert [one["imageTag"] for one in first["imageIds"] + rest["imageIds"]] == ["v0", "v1", "v2", "v3", "v4"]
    assert "nextToken" not in rest
    for garbage in ("garbage", "9" * 5000):
        assert refusal(world, "ListImages", nextToken=garbage).code == "InvalidParameterException"
