answer = ecs.register_task_definition(
    family=f"{values['name']}-draft",
    requiresCompatibilities=["FARGATE", "EC2"],
    networkMode="awsvpc",
    cpu=".5 vCPU",
    memory="1 GB",
    containerDefinitions=[
        {
            "name": "hello",
            "image": "public.ecr.aws/docker/library/nginx",
            "cpu": 128,
            "memory": 512,
            "portMappings": [{"containerPort": int(values["port"]), "hostPort": int(values["port"])}],
        }
    ],
)
