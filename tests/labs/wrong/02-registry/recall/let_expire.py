# earns: holds no image tagged 1.0. It was there, and a rule let it expire.

selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
rules = {"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]}
ecr.put_lifecycle_policy(repositoryName=values["repository"], lifecyclePolicyText=json.dumps(rules))
lab.advance(2 * 86400)
