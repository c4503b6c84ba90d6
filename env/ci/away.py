"""A learner's calls while LocalStack and the registry are away: a sentence for what is missing, and the rest works."""

import base64
import sys

import boto3
import docker
from botocore.exceptions import ClientError

assert boto3.client("ecs").list_clusters()["clusterArns"]
if "without-localstack" not in sys.argv:
    said = ""
    try:
        boto3.client("s3").list_buckets()
    except ClientError as error:
        said = str(error)
    if "LocalStack, which answers s3 here, does not answer at http://localstack:4566" not in said:
        raise SystemExit(f"S3 says: {said}")

token = boto3.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
user, _, password = base64.b64decode(token).decode().partition(":")
engine = docker.from_env()
pushed = next(name for image in engine.images.list() for name in image.tags if "/" in name)
repository = pushed.rpartition(":")[0]
engine.images.get(pushed).tag(repository, "later")
login = {"username": user, "password": password}
said = engine.images.push(repository, "later", auth_config=login)
if "The registry's storage at http://registry:5000 does not answer" not in said:
    raise SystemExit(f"the push says: {said}")
engine.images.remove(pushed)
engine.images.pull(*pushed.rsplit(":", 1), auth_config=login)
