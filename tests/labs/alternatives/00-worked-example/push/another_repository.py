import base64

import docker

ecr = boto3.client("ecr")
uri = ecr.create_repository(repositoryName="models/credit", imageTagMutability="IMMUTABLE")["repository"][
    "repositoryUri"
]
access = ecr.get_authorization_token()["authorizationData"][0]
password = base64.b64decode(access["authorizationToken"]).decode().partition(":")[2]
docker.from_env().images.get("credit-api:1").tag(uri, tag="2026-01")
docker.from_env().images.push(uri, tag="2026-01", auth_config={"username": "AWS", "password": password})
