# earns: In tagPrefixList a star is a letter like any other

selection = {"tagStatus": "tagged", "tagPrefixList": ["build-*"], "countType": "imageCountMoreThan"}
selection["countNumber"] = int(values["keep"])
rules = [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]
ecr.put_lifecycle_policy(repositoryName=values["repository"], lifecyclePolicyText=json.dumps({"rules": rules}))
