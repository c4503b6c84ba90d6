for size, threshold in (("4096", "0.5"), ("2048", "0.60")):
    again = blueprint()
    again["memory"] = size
    again["containerDefinitions"][0]["environment"] = [
        {"name": "THRESHOLD", "value": threshold},
        {"name": "MODEL", "value": "a"},
    ]
    ecs.register_task_definition(**again)
