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

    good, copy = blueprint(), blueprint(case)
    if cause == "processor":
        copy.pop("runtimePlatform")
    elif cause == "rights":
        copy["executionRoleArn"] = good["executionRoleArn"]
    else:
        copy["containerDefinitions"] = good["containerDefinitions"]
    ecs.register_task_definition(**copy)
