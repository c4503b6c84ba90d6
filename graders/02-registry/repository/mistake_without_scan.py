# earns: does not scan what is pushed.
ecr = boto3.client("ecr")
ecr.create_repository(
    repositoryName=values["repository"],
    imageTagMutability="IMMUTABLE",
)
