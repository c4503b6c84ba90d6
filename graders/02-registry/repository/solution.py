ecr = boto3.client("ecr")
ecr.create_repository(
    repositoryName=values["repository"],
    imageTagMutability="IMMUTABLE",
    imageScanningConfiguration={"scanOnPush": True},
)
