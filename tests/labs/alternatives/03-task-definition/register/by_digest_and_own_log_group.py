boto3.client("logs").create_log_group(logGroupName="/mine")
(repository,) = boto3.client("ecr").describe_repositories(repositoryNames=[values["repository"]])["repositories"]
found = boto3.client("ecr").describe_images(repositoryName=values["repository"], imageIds=[{"imageTag": "1.0"}])
digest = found["imageDetails"][0]["imageDigest"]
ecs.register_task_definition(
    family=values["family"],
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="1 vCPU",
    memory="2 GB",
    executionRoleArn=iam.get_role(RoleName=f"{values['name']}-execution")["Role"]["Arn"],
    taskRoleArn=iam.get_role(RoleName=f"{values['name']}-task")["Role"]["Arn"],
    runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
    containerDefinitions=[
        {
            "name": values["container"],
            "image": f"{repository['repositoryUri']}@{digest}",
            "memoryReservation": 1024,
            "portMappings": [{"containerPort": int(values["port"]), "protocol": "tcp"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {**log, "awslogs-group": "/mine"}},
        }
    ],
)
