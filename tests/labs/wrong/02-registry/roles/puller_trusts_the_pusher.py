# earns: neither may the trust policy of {puller} name it.


def role(name, *statements):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=name, PolicyName="ecr", PolicyDocument=json.dumps(policy))


def may(repository, *actions):
    where = f"arn:aws:ecr:{ecr.meta.region_name}:{account}:repository/{repository}"
    return {"Effect": "Allow", "Action": [f"ecr:{one}" for one in actions], "Resource": where}


sends = ["BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"]
reads = ["BatchGetImage", "GetDownloadUrlForLayer"]
role(values["pusher"], login, may(values["repository"], *sends))
trust = json.loads(json.dumps(trust))
root = trust["Statement"][0]["Principal"]["AWS"]
trust["Statement"][0]["Principal"]["AWS"] = [root, f"arn:aws:iam::{account}:role/{values['pusher']}"]
role(values["puller"], login, may(values["production"], *reads))
