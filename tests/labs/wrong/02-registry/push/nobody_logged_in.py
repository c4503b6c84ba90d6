# earns: `no basic auth credentials`: nobody logged in.

(place,) = ecr.describe_repositories(repositoryNames=[values["repository"]])["repositories"]
uri = place["repositoryUri"]
engine = docker.from_env()
engine.images.get(f"{values['image']}:1").tag(uri, tag="1.0")
assert "no basic auth credentials" in engine.images.push(uri, tag="1.0")
