# earns: stopped before it was RUNNING
for threshold in ("0.5", "0.6"):
    again = blueprint()
    again["executionRoleArn"] = again["taskRoleArn"]
    again["containerDefinitions"][0]["environment"] = [{"name": "THRESHOLD", "value": threshold}]
    ecs.register_task_definition(**again)
