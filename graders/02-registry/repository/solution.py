ecr = boto3.client("ecr")
made = ecr.create_repository(
    repositoryName=values["repository"],
    imageTagMutability="IMMUTABLE",
    imageScanningConfiguration={"scanOnPush": True},
)
print(made["repository"]["repositoryUri"])
