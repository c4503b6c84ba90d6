# earns: was asked from the internet on port 80; nothing came in.
ec2.authorize_security_group_ingress(GroupId=front, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0")
