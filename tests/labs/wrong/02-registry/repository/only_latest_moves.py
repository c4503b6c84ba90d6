# earns: latest may still move.

ecr.create_repository(
    repositoryName=values["repository"],
    imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "latest*"}],
    imageScanningConfiguration={"scanOnPush": True},
)
