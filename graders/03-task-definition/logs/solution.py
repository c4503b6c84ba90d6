task = run(values["family"])
events = boto3.client("logs").filter_log_events(logGroupName=log["awslogs-group"])["events"]
message = events[-1]["message"]
print(message)
digest = message.split("@")[1]
ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "runs", "value": digest}])
print(f"{values['family']} runs {digest}")
