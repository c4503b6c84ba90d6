assert not boto3.client("ecr").describe_repositories()["repositories"]
assert values["name"] not in str(boto3.client("iam").list_roles()["Roles"])
