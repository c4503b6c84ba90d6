# earns: {name}-front is open on more than port 80.
ec2.authorize_security_group_ingress(
    GroupId=front, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
)
