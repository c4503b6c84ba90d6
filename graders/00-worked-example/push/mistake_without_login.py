# earns: No image has arrived in ECR: credit-api is empty.
import docker

ecr = boto3.client("ecr")
repository = ecr.create_repository(repositoryName="credit-api")["repository"]
uri = repository["repositoryUri"]

engine = docker.from_env()
engine.images.get("credit-api:1").tag(uri, tag="1")
for line in engine.images.push(uri, tag="1", stream=True, decode=True):
    print(line.get("error") or line.get("status", ""))
