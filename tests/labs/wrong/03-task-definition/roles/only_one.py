# earns: There is no role {name}-task.
role = f"{values['name']}-execution"
iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")
