# earns: Request timed out ({name}-inside: no ingress rule)
inside = ec2.create_security_group(GroupName=f"{values['name']}-inside", Description="the tasks", VpcId=vpc)["GroupId"]
