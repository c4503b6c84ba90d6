"""Last night, as it happened: two builds, one name, and a rollback that pulls it. Docker and ECR are really asked.

Knows nothing about why it went wrong: that is for this lab.
"""

import base64
from pathlib import Path

import boto3
import docker


def last_night(name, mutability="MUTABLE"):
    """Push Monday's and Tuesday's build as `latest`, and pull `latest` on Wednesday; print each digest.

    `mutability` is that of the repository's tags: with "IMMUTABLE" Tuesday's push is refused.
    """
    ecr, engine = boto3.client("ecr"), docker.from_env()
    repository = ecr.create_repository(repositoryName=f"{name}-last-night", imageTagMutability=mutability)["repository"]
    uri = repository["repositoryUri"]
    try:
        _log_in(ecr, engine, uri)
        for day, how in (("Monday", "the good one"), ("Tuesday", "the bad one")):
            refusal = _push(engine, uri, day)
            print(f"{day:10}push latest  {refusal or _digest(ecr, repository) + '  ' + how}")
        engine.images.pull(uri, tag="latest")
        print(f"{'Wednesday':10}pull latest  {_digest(ecr, repository)}  the rollback")
        engine.images.remove(f"{uri}:latest")
    finally:
        ecr.delete_repository(repositoryName=repository["repositoryName"], force=True)


def _log_in(ecr, engine, uri):
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, password = base64.b64decode(token).decode().split(":")
    engine.login(user, password, registry=uri.split("/")[0])


def _push(engine, uri, day):
    """Build the image of a day and push it; how the push was refused, "" where it was not."""
    folder = Path("last-night")
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(f"FROM scratch\nCOPY model.txt /\nLABEL day={day}\n")
    (folder / "model.txt").write_text(f"the model of {day}\n")
    engine.images.build(path=str(folder), tag=f"{uri}:latest")
    lines = engine.images.push(uri, tag="latest", stream=True, decode=True)
    return next((one["error"].partition(" in the ")[0] for one in lines if "error" in one), "")


def _digest(ecr, repository):
    """What `latest` means now."""
    wanted = [{"imageTag": "latest"}]
    held = ecr.describe_images(repositoryName=repository["repositoryName"], imageIds=wanted)["imageDetails"]
    return held[0]["imageDigest"][:19]
