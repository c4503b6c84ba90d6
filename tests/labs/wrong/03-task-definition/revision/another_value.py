# earns: THRESHOLD is to be 0.6.
again = blueprint()
again["containerDefinitions"][0]["environment"] = [{"name": "THRESHOLD", "value": "0.9"}]
print(ecs.register_task_definition(**again)["taskDefinition"]["taskDefinitionArn"])
