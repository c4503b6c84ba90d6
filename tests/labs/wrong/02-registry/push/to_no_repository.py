# earns: `name unknown`: the name you push to is no repository's URI.

(place,) = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"]
uri = f"{place['repositoryUri']}s"
access = ecr.get_authorization_token()["authorizationData"][0]
user, password = base64.b64decode(access["authorizationToken"]).decode().split(":")
engine.login(user, password, registry=access["proxyEndpoint"])
engine.images.get(f"{values['image']}:1").tag(uri, tag="1.0")
assert "name unknown" in engine.images.push(uri, tag="1.0")
