# earns: has no lifecycle policy.


def rule(priority, status, tags, count, number):
    selection = {"tagStatus": status, "countType": count, "countNumber": number}
    selection |= {"tagPatternList": tags} if tags else {}
    selection |= {"countUnit": "days"} if count == "sinceImagePushed" else {}
    return {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}


def put(*rules):
    ecr.put_lifecycle_policy(repositoryName=values["repository"], lifecyclePolicyText=json.dumps({"rules": rules}))


rules = [rule(1, "tagged", ["build-*"], "imageCountMoreThan", 5)]
ecr.start_lifecycle_policy_preview(
    repositoryName=values["repository"], lifecyclePolicyText=json.dumps({"rules": rules})
)
