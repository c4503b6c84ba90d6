statements = {
    "execution": [
        {"Effect": "Allow", "Action": ["ecr:*", "logs:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"},
    ],
    "task": [{"Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": f"{secret_arn[:-6]}*"}],
}
for kind, statement in statements.items():
    role = f"{values['name']}-{kind}"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam.put_role_policy(RoleName=role, PolicyName="work", PolicyDocument=document)
