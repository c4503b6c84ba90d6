# earns: One task was stopped; 15 minutes later there were not two healthy ones again.
ecs.update_service(**here, desiredCount=2)
wait_until_steady()
iam = boto3.client("iam")
definition = ecs.describe_task_definition(taskDefinition=values["family"])["taskDefinition"]
role = definition["executionRoleArn"].split("/")[-1]
for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
    iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
