# earns: a second image took the tag latest of the first

excluded = [{"filterType": "WILDCARD", "filter": "latest*"}]
production = ecr.create_repository(
    repositoryName=values["production"],
    imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters=excluded,
)["repository"]["repositoryUri"]
pushed(f"{values['image']}:1", production, "1.0")
