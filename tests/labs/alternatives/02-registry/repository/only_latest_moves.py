ecr = boto3.client("ecr")
ecr.create_repository(
    repositoryName=values["repository"],
    imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "latest*"}],
    imageScanningConfiguration={"scanOnPush": True},
)
