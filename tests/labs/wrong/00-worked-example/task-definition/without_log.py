# earns: sends its log nowhere.
import json

trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
iam = boto3.client("iam")
role = iam.create_role(RoleName="credit-execution", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="credit-execution",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)

boto3.client("logs").create_log_group(logGroupName="/ecs/credit-api")

uri = boto3.client("ecr").describe_repositories(repositoryNames=["credit-api"])["repositories"][0]["repositoryUri"]
ecs = boto3.client("ecs")
definition = ecs.register_task_definition(
    family="credit-api",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="1024",
    memory="2048",
    executionRoleArn=role["Arn"],
    containerDefinitions=[
        {
            "name": "api",
            "image": f"{uri}:1",
            "essential": True,
            "portMappings": [{"containerPort": 8080}],
        }
    ],
)["taskDefinition"]
print(definition["taskDefinitionArn"])
