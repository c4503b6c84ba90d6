# earns: has a tag named runs
task = run(values["family"])
boto3.client("logs").tag_log_group(logGroupName=log["awslogs-group"], tags={"runs": "sha256:0"})
