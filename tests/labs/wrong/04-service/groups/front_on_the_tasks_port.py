# earns: the cloud says: {name}-front: tcp {port} from 0.0.0.0/0
front = ec2.create_security_group(GroupName=f"{values['name']}-front", Description="the load balancer", VpcId=vpc)[
    "GroupId"
]
inside = ec2.create_security_group(GroupName=f"{values['name']}-inside", Description="the tasks", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=front,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
)
ec2.authorize_security_group_ingress(
    GroupId=inside,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": front}]}],
)
print("front:", front, "inside:", inside)
