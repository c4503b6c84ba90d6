(here,) = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"]
there = ecr.create_repository(repositoryName=values["production"], imageTagMutability="IMMUTABLE")["repository"]
registry = ecr.get_authorization_token()["authorizationData"][0]["proxyEndpoint"]
engine.login(**who(), registry=registry, reauth=True)

digest = tagged(values["repository"])["1.0"]["imageDigest"]
tested = engine.images.pull(f"{here['repositoryUri']}@{digest}")
print(pushed(tested.id, there["repositoryUri"], "1.0")[-2])
