# earns: of the pipeline's images are left: no rule selects them.
rule = {
    "rulePriority": 1,
    "description": "the newest of the pipeline",
    "selection": {
        "tagStatus": "tagged",
        "tagPrefixList": ["1."],
        "countType": "imageCountMoreThan",
        "countNumber": int(values["keep"]),
    },
    "action": {"type": "expire"},
}
ecr.put_lifecycle_policy(repositoryName=values["repository"], lifecyclePolicyText=json.dumps({"rules": [rule]}))
