# earns: lets in more than {name}-front: sg-
inside = ec2.create_security_group(GroupName=f"{values['name']}-inside", Description="the tasks", VpcId=vpc)["GroupId"]
sources = {"UserIdGroupPairs": [{"GroupId": front}, {"GroupId": group_id("default")}]}
ec2.authorize_security_group_ingress(
    GroupId=inside,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **sources}],
)
print("front:", front, "inside:", inside)
