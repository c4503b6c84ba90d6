# earns: {name}-inside is open on more than port {port}
inside = ec2.create_security_group(GroupName=f"{values['name']}-inside", Description="the tasks", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=inside,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "UserIdGroupPairs": [{"GroupId": front}]}],
)
print("front:", front, "inside:", inside)
