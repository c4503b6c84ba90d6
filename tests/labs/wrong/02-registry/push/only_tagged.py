# earns: It is tagged on your side, and never arrived there.

(place,) = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"]
uri = place["repositoryUri"]
access = ecr.get_authorization_token()["authorizationData"][0]
user, password = base64.b64decode(access["authorizationToken"]).decode().split(":")
engine.login(user, password, registry=access["proxyEndpoint"])
engine.images.get(f"{values['image']}:1").tag(uri, tag="1.0")
