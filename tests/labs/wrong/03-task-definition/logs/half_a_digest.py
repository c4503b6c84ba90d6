# earns: that is a part of a digest
task = run(values["family"])
found = boto3.client("ecr").describe_images(repositoryName=values["repository"])["imageDetails"]
ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "runs", "value": found[0]["imageDigest"][:19]}])
