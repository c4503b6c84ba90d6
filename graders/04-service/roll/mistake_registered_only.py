# earns: Registering alone changes no task.
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
containers[0]["environment"] = [*containers[0].get("environment", []), {"name": "RELEASE", "value": "2"}]
second = ecs.register_task_definition(
    **{member: definition[member] for member in kept if member in definition}, containerDefinitions=containers
)["taskDefinition"]
