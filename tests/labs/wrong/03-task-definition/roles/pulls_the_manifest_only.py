# earns: Let the role that pulls do ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository.
reads = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents"]
ours = {"Effect": "Allow", "Action": reads, "Resource": "*"}
theirs = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret_arn}
for kind, statement in {"execution": ours, "task": theirs}.items():
    role = f"{values['name']}-{kind}"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName="work", PolicyDocument=document)
