for name, (resource, actions) in {
    "pulls-images": (
        "*",
        [
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    ),
    "reads-keys": (secret_arn[:-6] + "*", ["secretsmanager:GetSecretValue"]),
}.items():
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]}
    policy = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy["Arn"])
