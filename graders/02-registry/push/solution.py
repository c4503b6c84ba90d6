uri = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"][0]["repositoryUri"]
access = ecr.get_authorization_token()["authorizationData"][0]
user, password = base64.b64decode(access["authorizationToken"]).decode().split(":")
engine.login(user, password, registry=access["proxyEndpoint"])

engine.images.get(f"{values['image']}:1").tag(uri, tag="1.0")
lines = engine.images.push(uri, tag="1.0", stream=True, decode=True)
print([said for line in lines if (said := line.get("error") or line.get("status"))][-1])
