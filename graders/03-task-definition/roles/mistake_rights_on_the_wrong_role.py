# earns: /partner-key; {name}-execution may.
execution, code = f"{values['name']}-execution", f"{values['name']}-task"
for name in (execution, code):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))

iam.attach_role_policy(
    RoleName=execution,
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret_arn}
iam.put_role_policy(
    RoleName=execution,
    PolicyName="read-the-key",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
