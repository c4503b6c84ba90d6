# earns: the image in production is gone


def rule(priority, status, tags, count, number):
    selection = {"tagStatus": status, "countType": count, "countNumber": number}
    selection |= {"tagPatternList": tags} if tags else {}
    selection |= {"countUnit": "days"} if count == "sinceImagePushed" else {}
    return {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}


def put(*rules):
    ecr.put_lifecycle_policy(repositoryName=values["repository"], lifecyclePolicyText=json.dumps({"rules": rules}))


put(rule(1, "any", [], "sinceImagePushed", 30))
