# earns: the image in production is gone
rule = {
    "rulePriority": 1,
    "description": "the newest of the pipeline",
    "selection": {
        "tagStatus": "any",
        "countType": "imageCountMoreThan",
        "countNumber": int(values["keep"]),
    },
    "action": {"type": "expire"},
}
ecr.put_lifecycle_policy(repositoryName=values["repository"], lifecyclePolicyText=json.dumps({"rules": [rule]}))
