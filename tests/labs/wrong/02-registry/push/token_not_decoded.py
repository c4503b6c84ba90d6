# earns: `400 Bad Request` at login: the password is what follows `AWS:` in the decoded token.

(place,) = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"]
uri = place["repositoryUri"]
access = ecr.get_authorization_token()["authorizationData"][0]
engine = docker.from_env()
try:
    engine.login("AWS", access["authorizationToken"], registry=access["proxyEndpoint"])
except docker.errors.APIError as refusal:
    assert "400 Bad Request" in refusal.explanation
engine.images.get(f"{values['image']}:1").tag(uri, tag="1.0")
engine.images.push(uri, tag="1.0")
