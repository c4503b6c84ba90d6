# earns: that is in ECR, and is not 1.0.
boto3.client("logs").create_log_group(logGroupName=log["awslogs-group"])
(repository,) = boto3.client("ecr").describe_repositories(repositoryNames=[values["repository"]])["repositories"]
role = f"arn:aws:iam::{account}:role/{values['name']}"
definition = ecs.register_task_definition(
    family=values["family"],
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="1024",
    memory="2048",
    executionRoleArn=f"{role}-execution",
    taskRoleArn=f"{role}-task",
    containerDefinitions=[
        {
            "name": values["container"],
            "image": f"{repository['repositoryUri']}:1.1",
            "essential": True,
            "portMappings": [{"containerPort": int(values["port"])}],
            "logConfiguration": {"logDriver": "awslogs", "options": log},
        }
    ],
)["taskDefinition"]
print(definition["taskDefinitionArn"])
