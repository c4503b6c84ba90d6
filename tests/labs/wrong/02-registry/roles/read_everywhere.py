# earns: attached: AmazonEC2ContainerRegistryReadOnly


def role(name, *statements):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=name, PolicyName="ecr", PolicyDocument=json.dumps(policy))


def may(repository, *actions):
    where = f"arn:aws:ecr:{ecr.meta.region_name}:{account}:repository/{repository}"
    return {"Effect": "Allow", "Action": [f"ecr:{one}" for one in actions], "Resource": where}


sends = ["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"]
role(values["pusher"], login, may(values["repository"], "BatchCheckLayerAvailability", *sends))
iam.create_role(RoleName=values["puller"], AssumeRolePolicyDocument=json.dumps(trust))
iam.attach_role_policy(
    RoleName=values["puller"], PolicyArn="arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
)
