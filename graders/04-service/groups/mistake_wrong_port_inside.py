# earns: {name}-inside lets the balancer in on port 80; the tasks listen on port {port}.
inside = ec2.create_security_group(GroupName=f"{values['name']}-inside", Description="the tasks", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=inside,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": front}]}],
)
print("front:", front, "inside:", inside)
