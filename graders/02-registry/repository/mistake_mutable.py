# earns: the second took it from the first.
ecr = boto3.client("ecr")
ecr.create_repository(
    repositoryName=values["repository"],
    imageScanningConfiguration={"scanOnPush": True},
)
