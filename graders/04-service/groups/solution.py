name = f"{values['name']}-inside"
inside = group_id(name) or ec2.create_security_group(GroupName=name, Description="the tasks", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=inside,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": front}]}],
)
print("front:", front, "inside:", inside)
