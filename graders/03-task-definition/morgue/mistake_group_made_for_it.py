# earns: it runs because something around it was changed
words = {
    "exec format error": "processor",
    "log group does not exist": "log group",
    "not authorized": "rights",
    "not found": "image name",
}
for case in cases:
    task = run(f"{case}:1")
    last = f"{task['stoppedReason']} {last_line(task)}"
    print(case, last)
    cause = next(told for part, told in words.items() if part in last)
    ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "cause", "value": cause}])

    good, copy = blueprint(), blueprint(case)
    if cause == "processor":
        copy.pop("runtimePlatform")
    elif cause == "rights":
        copy["executionRoleArn"] = good["executionRoleArn"]
    elif cause == "image name":
        copy["containerDefinitions"] = good["containerDefinitions"]
    else:
        options = copy["containerDefinitions"][0]["logConfiguration"]["options"]
        boto3.client("logs").create_log_group(logGroupName=options["awslogs-group"])
    ecs.register_task_definition(**copy)
