# earns: ecr:GetAuthorizationToken: it cannot log in.


def role(name, repository, *actions):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    where = f"arn:aws:ecr:{ecr.meta.region_name}:{account}:repository/{repository}"
    may = {"Effect": "Allow", "Action": [f"ecr:{one}" for one in actions], "Resource": where}
    policy = {"Version": "2012-10-17", "Statement": [may]}
    iam.put_role_policy(RoleName=name, PolicyName="ecr", PolicyDocument=json.dumps(policy))


sends = ["BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"]
role(values["pusher"], values["repository"], "GetAuthorizationToken", *sends)
role(values["puller"], values["production"], "GetAuthorizationToken", "BatchGetImage", "GetDownloadUrlForLayer")
