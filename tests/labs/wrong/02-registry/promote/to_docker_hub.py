# earns: Docker takes such a name for one on Docker Hub.

ecr.create_repository(repositoryName=values["production"], imageTagMutability="IMMUTABLE")
engine.images.get(f"{values['image']}:1").tag(values["production"], tag="1.0")
try:
    engine.images.push(values["production"], tag="1.0", auth_config=who())
except docker.errors.APIError as refusal:
    assert "Docker Hub is not it" in refusal.explanation
