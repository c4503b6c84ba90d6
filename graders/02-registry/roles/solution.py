def role(name, repository, actions):
    """A role that may log in, and do these actions with one repository."""
    where = f"arn:aws:ecr:{ecr.meta.region_name}:{account}:repository/{repository}"
    may = [login, {"Effect": "Allow", "Action": [f"ecr:{one}" for one in actions], "Resource": where}]
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    policy = {"Version": "2012-10-17", "Statement": may}
    iam.put_role_policy(RoleName=name, PolicyName="ecr", PolicyDocument=json.dumps(policy))


sends = ["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"]
reads = ["BatchGetImage", "GetDownloadUrlForLayer"]
role(values["pusher"], values["repository"], ["BatchCheckLayerAvailability", *sends])
role(values["puller"], values["production"], reads)
