# earns: There is one security group of yours; two are needed.
ec2.create_security_group(GroupName="one", Description="one", VpcId=vpc)
