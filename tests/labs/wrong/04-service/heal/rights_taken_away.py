# earns: A task was stopped; 15 minutes later there were not two healthy ones again.
bank = Customers(lab, balancer, applications[0])
bank.ask(20, "the two of before")
ecs.stop_task(cluster=values["cluster"], task=tasks()[0], reason="by hand")
bank.ask(100, "the new one")
print(bank)
wait_until_steady()
iam = boto3.client("iam")
definition = ecs.describe_task_definition(taskDefinition=values["family"])["taskDefinition"]
role = definition["executionRoleArn"].split("/")[-1]
for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
    iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
