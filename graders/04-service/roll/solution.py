definition = ecs.describe_task_definition(taskDefinition=values["family"])["taskDefinition"]
again = {member: definition[member] for member in KEPT if member in definition}
containers = definition["containerDefinitions"]
bank = Customers(lab, balancer, applications[0])
bank.ask(20, "the old ones")
containers[0]["environment"] = [*containers[0].get("environment", []), {"name": "RELEASE", "value": "2"}]
second = ecs.register_task_definition(**again, containerDefinitions=containers)["taskDefinition"]
ecs.update_service(**here, taskDefinition=second["taskDefinitionArn"])
bank.ask(120, "newcomers")
print(bank)
wait_until_steady()
