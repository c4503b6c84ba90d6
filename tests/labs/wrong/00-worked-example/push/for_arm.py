# earns: exec format error
import docker

docker.from_env().images.build(path=".", tag="credit-api:1", platform="linux/arm64")
import base64

import docker

ecr = boto3.client("ecr")
repository = ecr.create_repository(repositoryName="credit-api")["repository"]
uri = repository["repositoryUri"]

access = ecr.get_authorization_token()["authorizationData"][0]
user, password = base64.b64decode(access["authorizationToken"]).decode().split(":")
engine = docker.from_env()
engine.login(user, password, registry=access["proxyEndpoint"])

engine.images.get("credit-api:1").tag(uri, tag="1")
for line in engine.images.push(uri, tag="1", stream=True, decode=True):
    print(line.get("error") or line.get("status", ""))
