_ = ec2.authorize_security_group_ingress(GroupId=front, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")
