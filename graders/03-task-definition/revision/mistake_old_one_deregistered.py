# earns: has 1 ACTIVE revision.
again = blueprint()
again["containerDefinitions"][0]["environment"] = [{"name": "THRESHOLD", "value": "0.6"}]
ecs.register_task_definition(**again)
ecs.deregister_task_definition(taskDefinition=f"{values['family']}:1")
