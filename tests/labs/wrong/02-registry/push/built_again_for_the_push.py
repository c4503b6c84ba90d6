# earns: they have different digests.

(place,) = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"]
uri = place["repositoryUri"]
access = ecr.get_authorization_token()["authorizationData"][0]
user, password = base64.b64decode(access["authorizationToken"]).decode().split(":")
engine.login(user, password, registry=access["proxyEndpoint"])

text = f"FROM {values['image']}:1\nLABEL pushed=today\n"
engine.images.build(fileobj=io.BytesIO(text.encode()), tag=f"{uri}:1.0")
engine.images.push(uri, tag="1.0")
