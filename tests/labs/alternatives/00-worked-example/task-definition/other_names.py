import json

trust = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": ["ecs-tasks.amazonaws.com"]},
        "Action": ["sts:AssumeRole"],
    },
}
iam, ecr = boto3.client("iam"), boto3.client("ecr")
role = iam.create_role(RoleName="runs-tasks", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
rights = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "logs:*"]
iam.put_role_policy(
    RoleName="runs-tasks",
    PolicyName="pull-and-log",
    PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": rights, "Resource": "*"}]}
    ),
)
uri = ecr.describe_repositories()["repositories"][0]["repositoryUri"]
digest = ecr.describe_images(repositoryName="credit-api")["imageDetails"][0]["imageDigest"]
boto3.client("ecs").register_task_definition(
    family="scoring",
    requiresCompatibilities=["EC2", "FARGATE"],
    networkMode="awsvpc",
    cpu="1 vCPU",
    memory="2 GB",
    executionRoleArn=role["Arn"],
    containerDefinitions=[
        {
            "name": "model",
            "image": f"{uri}@{digest}",
            "portMappings": [{"containerPort": 8080, "hostPort": 8080}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "scoring",
                    "awslogs-create-group": "true",
                    "awslogs-region": "us-east-1",
                    "awslogs-stream-prefix": "model",
                },
            },
        }
    ],
)
