# earns: Mend that policy first: a Resource is an ARN


def role(name, *statements):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=name, PolicyName="ecr", PolicyDocument=json.dumps(policy))


def may(repository, *actions):
    (found,) = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    return {"Effect": "Allow", "Action": [f"ecr:{one}" for one in actions], "Resource": found["repositoryUri"]}


sends = ["BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"]
role(values["pusher"], login, may(values["repository"], *sends))
role(values["puller"], login, may(values["production"], "BatchGetImage", "GetDownloadUrlForLayer"))
