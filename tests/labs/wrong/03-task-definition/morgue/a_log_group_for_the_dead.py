# earns: something around it was changed
words = {"log group": "log group", "format": "processor", "authorized": "rights", "not found": "image name"}
for case in cases:
    task = run(f"{case}:1")
    reason = task["stoppedReason"] + last_line(task)
    cause = next(told for part, told in words.items() if part in reason)
    arn = ecs.describe_task_definition(taskDefinition=f"{case}:1")["taskDefinition"]["taskDefinitionArn"]
    ecs.tag_resource(resourceArn=arn, tags=[{"key": "cause", "value": cause.upper()}])
    if cause == "log group":
        boto3.client("logs").create_log_group(logGroupName=log["awslogs-group"] + "-old")
    else:
        ecs.register_task_definition(**{**blueprint(), "family": case})
