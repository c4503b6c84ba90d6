# earns: udp 80-80 from 0.0.0.0/0
ec2.authorize_security_group_ingress(GroupId=front, IpProtocol="udp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")
