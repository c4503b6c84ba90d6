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
containers[0]["environment"] = [{"name": "RELEASE", "value": "2"}]
second = ecs.register_task_definition(
    **{member: definition[member] for member in kept if member in definition}, containerDefinitions=containers
)["taskDefinition"]
bank = Customers(lab, balancer, applications[0])
bank.ask(20, "release 1")
ecs.update_service(**here, taskDefinition=second["taskDefinitionArn"])
bank.ask(120, "release 2")
print(bank)
wait_until_steady()
