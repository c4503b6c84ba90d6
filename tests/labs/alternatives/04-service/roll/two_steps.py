lab.traffic(balancer["LoadBalancerName"], 5, seconds=900)
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
more = [{"name": "OTHER", "value": "x"}, {"name": "RELEASE", "value": "2"}]
containers[0]["environment"] = [*containers[0]["environment"], *more]
second = ecs.register_task_definition(
    **{member: definition[member] for member in kept if member in definition}, containerDefinitions=containers
)["taskDefinition"]
ecs.update_service(**here, taskDefinition=second["taskDefinitionArn"])
wait_until_steady()
