# earns: selects images that have no tag: those with one stay for ever.

selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": int(values["keep"])}
rules = {"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]}
ecr.put_lifecycle_policy(repositoryName=values["repository"], lifecyclePolicyText=json.dumps(rules))
