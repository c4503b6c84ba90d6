# earns: has the variables OLD_THRESHOLD=9: the variable is THRESHOLD, in capitals.
again = blueprint()
again["containerDefinitions"][0]["environment"] = [{"name": "OLD_THRESHOLD", "value": "9"}]
ecs.register_task_definition(**again)
