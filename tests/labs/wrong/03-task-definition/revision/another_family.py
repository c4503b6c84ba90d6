# earns: has 1 ACTIVE revision.
again = blueprint()
again["family"] += "-2"
again["containerDefinitions"][0]["environment"] = [{"name": "THRESHOLD", "value": "0.6"}]
ecs.register_task_definition(**again)
