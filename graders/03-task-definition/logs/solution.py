task = run(values["family"])
events = boto3.client("logs").filter_log_events(logGroupName=log["awslogs-group"])["events"]
message = next(event["message"] for event in reversed(events) if "@sha256:" in event["message"])
print(message)
digest = message.split("@")[1]
ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "runs", "value": digest}])
print(f"{values['family']} runs {digest}")
