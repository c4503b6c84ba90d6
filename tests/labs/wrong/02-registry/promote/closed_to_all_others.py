# earns: a task may not pull it. Read what the repository's own policy denies

production = ecr.create_repository(repositoryName=values["production"])["repository"]["repositoryUri"]
pushed(f"{values['image']}:1", production, "1.0")
me = {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{account}:user/learner"}}
few = {"Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Condition": me}
policy = {"Version": "2012-10-17", "Statement": [few]}
ecr.set_repository_policy(repositoryName=values["production"], policyText=json.dumps(policy))
