# earns: unable to pull secrets or registry auth
execution, code = f"{values['name']}-execution", f"{values['name']}-task"
for name in (execution, code):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))

read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret_arn}
iam.put_role_policy(
    RoleName=code,
    PolicyName="read-the-key",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
