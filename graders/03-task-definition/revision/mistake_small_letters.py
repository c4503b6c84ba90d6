# earns: the variable is THRESHOLD, in capitals
again = blueprint()
again["containerDefinitions"][0]["environment"] = [{"name": "threshold", "value": "0.6"}]
print(ecs.register_task_definition(**again)["taskDefinition"]["taskDefinitionArn"])
