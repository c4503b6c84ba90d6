# earns: runs your code as web-server, which may not read the partner's key.
boto3.client("logs").create_log_group(logGroupName=log["awslogs-group"])
(repository,) = boto3.client("ecr").describe_repositories(repositoryNames=[values["repository"]])["repositories"]
role = f"arn:aws:iam::{account}:role/{values['name']}"
another = iam.create_role(RoleName="web-server", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
definition = ecs.register_task_definition(
    family=values["family"],
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="1024",
    memory="2048",
    executionRoleArn=f"{role}-execution",
    taskRoleArn=another,
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
