# earns: Build the image for linux/amd64

(place,) = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"]
uri = place["repositoryUri"]
access = ecr.get_authorization_token()["authorizationData"][0]
user, password = base64.b64decode(access["authorizationToken"]).decode().split(":")
engine.login(user, password, registry=access["proxyEndpoint"])

text = "FROM python:3.12-slim\nCMD python\n"
name = f"{values['image']}:1"
engine.images.build(fileobj=io.BytesIO(text.encode()), tag=name, platform="linux/arm64")
engine.images.get(name).tag(uri, tag="1.0")
engine.images.push(uri, tag="1.0")
