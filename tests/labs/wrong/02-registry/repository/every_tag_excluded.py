# earns: the second took it from the first.

ecr.create_repository(
    repositoryName=values["repository"],
    imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "*"}],
    imageScanningConfiguration={"scanOnPush": True},
)
