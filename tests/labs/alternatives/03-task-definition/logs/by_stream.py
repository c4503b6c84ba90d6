run(values["family"])
logs = boto3.client("logs")
(stream,) = logs.describe_log_streams(logGroupName=log["awslogs-group"])["logStreams"]
lines = logs.get_log_events(logGroupName=log["awslogs-group"], logStreamName=stream["logStreamName"])["events"]
digest = "sha256:" + lines[0]["message"].rpartition(":")[2]
arn = ecs.list_task_definitions(familyPrefix=values["family"])["taskDefinitionArns"][0]
ecs.tag_resource(resourceArn=arn, tags=[{"key": "owner", "value": "me"}, {"key": "runs", "value": digest}])
