(place,) = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"]
uri = place["repositoryUri"]
token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
_, _, password = base64.b64decode(token).decode().partition(":")
client = docker.from_env()
client.api.tag(f"{values['image']}:1", f"{uri}:1.0")
client.api.push(f"{uri}:1.0", auth_config={"username": "AWS", "password": password})
