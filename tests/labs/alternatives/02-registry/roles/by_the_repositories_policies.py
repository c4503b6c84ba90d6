def role(name, *statements):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=name, PolicyName="ecr", PolicyDocument=json.dumps(policy))


def may(repository, *actions):
    where = f"arn:aws:ecr:{ecr.meta.region_name}:{account}:repository/{repository}"
    return {"Effect": "Allow", "Action": [f"ecr:{one}" for one in actions], "Resource": where}


sends = ["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"]
reads = ["BatchGetImage", "GetDownloadUrlForLayer"]
for name, repository, actions in (
    (values["pusher"], values["repository"], sends),
    (values["puller"], values["production"], reads),
):
    role(name, login)
    statement = may(repository, "BatchCheckLayerAvailability", *actions)
    del statement["Resource"]
    statement["Principal"] = {"AWS": f"arn:aws:iam::{account}:role/{name}"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    ecr.set_repository_policy(repositoryName=repository, policyText=json.dumps(policy))
