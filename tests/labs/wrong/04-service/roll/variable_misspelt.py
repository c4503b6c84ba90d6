# earns: which does not say RELEASE=2.
kept = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "runtimePlatform",
)
definition = ecs.describe_task_definition(taskDefinition=values["family"])["taskDefinition"]
containers = definition["containerDefinitions"]
containers[0]["environment"] = [*containers[0].get("environment", []), {"name": "RELEASES", "value": "2"}]
second = ecs.register_task_definition(
    **{member: definition[member] for member in kept if member in definition}, containerDefinitions=containers
)["taskDefinition"]
ecs.update_service(**here, taskDefinition=second["taskDefinitionArn"])
wait_until_steady()
