# earns: The variable THRESHOLD was lost on the way: {family}:2 has it, {family}:3 has not.
definition = ecs.describe_task_definition(taskDefinition=values["family"])["taskDefinition"]
again = {member: definition[member] for member in KEPT if member in definition}
containers = definition["containerDefinitions"]
bank = Customers(lab, balancer, applications[0])
bank.ask(20, "the old ones")
containers[0]["environment"] = [{"name": "RELEASE", "value": "2"}]
second = ecs.register_task_definition(**again, containerDefinitions=containers)["taskDefinition"]
ecs.update_service(**here, taskDefinition=second["taskDefinitionArn"])
bank.ask(120, "newcomers")
print(bank)
wait_until_steady()
