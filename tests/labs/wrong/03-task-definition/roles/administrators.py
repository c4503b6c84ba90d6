# earns: can also pull images and open logs
for kind in ("execution", "task"):
    role = f"{values['name']}-{kind}"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
