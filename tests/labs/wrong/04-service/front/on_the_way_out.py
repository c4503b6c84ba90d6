# earns: no ingress rule
ec2.authorize_security_group_egress(
    GroupId=front,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
)
