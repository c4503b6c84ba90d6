# earns: is empty: no task has written there
definition = ecs.describe_task_definition(taskDefinition=values["family"])["taskDefinition"]
images = boto3.client("ecr").describe_images(repositoryName=values["repository"])["imageDetails"]
ecs.tag_resource(resourceArn=definition["taskDefinitionArn"], tags=[{"key": "runs", "value": images[0]["imageDigest"]}])
