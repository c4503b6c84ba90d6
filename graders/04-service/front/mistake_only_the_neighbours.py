# earns: tcp 80-80 from 172.31.0.0/16
ec2.authorize_security_group_ingress(GroupId=front, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="172.31.0.0/16")
