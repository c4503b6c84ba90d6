# earns: You named the tasks' own group: name {name}-front
inside = ec2.create_security_group(GroupName=f"{values['name']}-inside", Description="the tasks", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=inside,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": inside}]}],
)
