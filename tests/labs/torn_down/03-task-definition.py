assert not boto3.client("ecs").list_task_definition_families(status="ACTIVE")["families"]
assert not boto3.client("ecs").list_clusters()["clusterArns"]
roles = [one["RoleName"] for one in boto3.client("iam").list_roles()["Roles"]]
assert not [one for one in roles if one.endswith(("-execution", "-task"))], roles
kept = boto3.client("ecr").list_images(repositoryName=values["repository"])["imageIds"]
assert "1.0-arm64" not in [one.get("imageTag") for one in kept], kept
