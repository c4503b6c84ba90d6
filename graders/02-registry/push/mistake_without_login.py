# earns: holds no image tagged 1.0.
uri = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"][0]["repositoryUri"]
access = ecr.get_authorization_token()["authorizationData"][0]
user, password = base64.b64decode(access["authorizationToken"]).decode().split(":")

engine = docker.from_env()  # nobody has logged this one in
engine.images.get(f"{values['image']}:1").tag(uri, tag="1.0")
for line in engine.images.push(uri, tag="1.0", stream=True, decode=True):
    print(line.get("error") or line.get("status", ""))
