def role(name, repository, *actions):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    where = f"arn:aws:ecr:{ecr.meta.region_name}:{account}:repository/{repository}"
    may = [login, {"Effect": "Allow", "Action": [f"ecr:{one}" for one in actions], "Resource": where}]
    policy = {"Version": "2012-10-17", "Statement": may}
    iam.put_role_policy(RoleName=name, PolicyName="ecr", PolicyDocument=json.dumps(policy))


sends = "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage", "BatchGetImage"
role(values["pusher"], values["repository"], "BatchCheckLayerAvailability", *sends)
role(values["puller"], values["production"], "BatchGetImage", "GetDownloadUrlForLayer")
