# earns: MalformedPolicyDocument
for name in (f"{values['name']}-execution", f"{values['name']}-task"):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
iam.attach_role_policy(
    RoleName=f"{values['name']}-execution",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret_name}
iam.put_role_policy(
    RoleName=f"{values['name']}-task",
    PolicyName="read-the-key",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
