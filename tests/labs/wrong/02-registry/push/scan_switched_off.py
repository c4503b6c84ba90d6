# earns: {repository}:1.0 was not scanned when it arrived.

(place,) = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"]
uri = place["repositoryUri"]
access = ecr.get_authorization_token()["authorizationData"][0]
user, password = base64.b64decode(access["authorizationToken"]).decode().split(":")
engine.login(user, password, registry=access["proxyEndpoint"])

off = {"scanOnPush": False}
ecr.put_image_scanning_configuration(repositoryName=values["repository"], imageScanningConfiguration=off)
engine.images.get(f"{values['image']}:1").tag(uri, tag="1.0")
engine.images.push(uri, tag="1.0")
ecr.put_image_scanning_configuration(
    repositoryName=values["repository"], imageScanningConfiguration={"scanOnPush": True}
)
