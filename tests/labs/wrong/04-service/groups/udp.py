# earns: Request timed out ({name}-inside: udp {port}-{port} from sg-
inside = ec2.create_security_group(GroupName=f"{values['name']}-inside", Description="the tasks", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=inside,
    IpPermissions=[{"IpProtocol": "udp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": front}]}],
)
print("front:", front, "inside:", inside)
