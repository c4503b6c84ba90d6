ec2.delete_security_group(GroupId=front)
door = ec2.create_security_group(GroupName="door", Description="the load balancer", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(GroupId=door, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")
