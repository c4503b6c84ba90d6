# earns: is a name: give the role's ARN
boto3.client("logs").create_log_group(logGroupName=log["awslogs-group"])
(repository,) = boto3.client("ecr").describe_repositories(repositoryNames=[values["repository"]])["repositories"]
definition = ecs.register_task_definition(
    family=values["family"],
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="1024",
    memory="2048",
    executionRoleArn=f"{values['name']}-execution",
    taskRoleArn=f"arn:aws:iam::{account}:role/{values['name']}-task",
    containerDefinitions=[
        {
            "name": values["container"],
            "image": f"{repository['repositoryUri']}:1.0",
            "essential": True,
            "portMappings": [{"containerPort": int(values["port"])}],
            "logConfiguration": {"logDriver": "awslogs", "options": log},
        }
    ],
)["taskDefinition"]
print(definition["taskDefinitionArn"])
