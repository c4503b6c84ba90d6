assert not boto3.client("ecs").list_task_definition_families(status="ACTIVE")["families"]
assert not boto3.client("ecs").list_clusters()["clusterArns"]
roles = [one["RoleName"] for one in boto3.client("iam").list_roles()["Roles"]]
assert not [one for one in roles if one.endswith(("-execution", "-task"))], roles
