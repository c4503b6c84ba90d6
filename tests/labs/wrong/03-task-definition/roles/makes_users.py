# earns: may also do iam:CreateUser: your code only has to read the key.
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret_arn}
more = {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}
for kind in ("execution", "task"):
    role = f"{values['name']}-{kind}"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
iam.attach_role_policy(
    RoleName=f"{values['name']}-execution",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
document = json.dumps({"Version": "2012-10-17", "Statement": [read, more]})
iam.put_role_policy(RoleName=f"{values['name']}-task", PolicyName="work", PolicyDocument=document)
