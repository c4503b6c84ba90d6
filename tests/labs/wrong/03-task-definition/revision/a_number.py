# earns: with each value of a variable as text
again = blueprint()
again["containerDefinitions"][0]["environment"] = [{"name": "THRESHOLD", "value": 0.6}]
print(ecs.register_task_definition(**again)["taskDefinition"]["taskDefinitionArn"])
