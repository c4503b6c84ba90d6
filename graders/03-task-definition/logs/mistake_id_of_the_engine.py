# earns: its container started from something else
import docker

task = run(values["family"])
image = docker.from_env().images.get(f"{values['image']}:1")
ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "runs", "value": image.id}])
