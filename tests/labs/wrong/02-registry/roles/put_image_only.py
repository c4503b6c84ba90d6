# earns: Refused, too: ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload.


def role(name, *statements):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=name, PolicyName="ecr", PolicyDocument=json.dumps(policy))


def may(repository, *actions):
    where = f"arn:aws:ecr:{ecr.meta.region_name}:{account}:repository/{repository}"
    return {"Effect": "Allow", "Action": [f"ecr:{one}" for one in actions], "Resource": where}


sends = ["BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"]
reads = ["BatchGetImage", "GetDownloadUrlForLayer"]
role(values["pusher"], login, may(values["repository"], "PutImage"))
role(values["puller"], login, may(values["production"], *reads))
