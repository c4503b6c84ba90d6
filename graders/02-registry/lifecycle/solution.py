rule = {
    "rulePriority": 1,
    "description": "the newest of the pipeline",
    "selection": {
        "tagStatus": "tagged",
        "tagPrefixList": ["build-"],
        "countType": "imageCountMoreThan",
        "countNumber": int(values["keep"]),
    },
    "action": {"type": "expire"},
}
put = ecr.put_lifecycle_policy(repositoryName=values["repository"], lifecyclePolicyText=json.dumps({"rules": [rule]}))
print(put["repositoryName"], "has a policy.")
