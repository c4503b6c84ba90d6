# earns: This patient dies of nothing the lab knows
words = {"log group": "log group", "format": "processor", "authorized": "rights", "not found": "image name"}
for case in cases:
    task = run(f"{case}:1")
    cause = next(told for part, told in words.items() if part in task["stoppedReason"] + last_line(task))
    ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "cause", "value": cause}])
    if cause != "rights":
        ecs.register_task_definition(**{**blueprint(), "family": case})
iam.attach_role_policy(
    RoleName=f"{values['name']}-task",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
