# earns: differ in memory besides a variable.
again = blueprint()
again["memory"] = "4096"
again["containerDefinitions"][0]["environment"] = [{"name": "THRESHOLD", "value": "0.6"}]
ecs.register_task_definition(**again)
