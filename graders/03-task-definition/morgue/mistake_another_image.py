# earns: it is not your API any more
words = {
    "matching platform": "processor",
    "log group does not exist": "log group",
    "not authorized": "rights",
    "not found": "image name",
}
for case in cases:
    task = run(f"{case}:1")
    print(case, task["stoppedReason"])
    cause = next(told for part, told in words.items() if part in task["stoppedReason"])
    ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "cause", "value": cause}])

    copy = blueprint()
    copy["family"] = case
    copy["containerDefinitions"][0]["image"] = "python:3.12-slim"
    ecs.register_task_definition(**copy)
