"""A sequence of calls to every neighbour, run as a program: prints what each answered, and the state at the end.

With the argument `saved` the world is saved and opened again between any two calls; with `reads` everything is also
read beforehand. Neither may show in what is printed.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from neighbours.clients import STARTED, Line, client

from dockyard.sandbox.moto import MotoWorld

TRUST = '{"Version":"2012-10-17","Statement":[]}'
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def run(*, saved: bool, reads: bool) -> None:
    """Call, print, save, go on."""
    line = Line(MotoWorld("123456789012", seed="S", started=STARTED))
    clients = {name: client(line, name) for name in ("ec2", "iam", "s3", "sts", "secretsmanager")}
    number = iter(range(1000))

    def call(service: str, operation: str, **request: Any) -> Any:
        if saved:
            line.world = MotoWorld.thawed(line.world.frozen())
        if reads:
            clients["ec2"].describe_subnets()
            clients["iam"].list_roles()
        count = next(number)
        line.now, line.seed, line.answers = STARTED + 60 * count, f"n{count}", []
        found = getattr(clients[service], operation)(**request)
        if request.get("KeyType") != "ed25519":  # OpenSSH's format has a random check number; the key itself repeats
            sys.stdout.write(f"{operation} {line.answers!r}\n")
        return found

    vpc = call("ec2", "create_vpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = call("ec2", "create_subnet", VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    gateway = call("ec2", "create_internet_gateway")["InternetGateway"]["InternetGatewayId"]
    call("ec2", "attach_internet_gateway", InternetGatewayId=gateway, VpcId=vpc)
    table = call("ec2", "create_route_table", VpcId=vpc)["RouteTable"]["RouteTableId"]
    call("ec2", "create_route", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    call("ec2", "associate_route_table", RouteTableId=table, SubnetId=subnet)
    group = call("ec2", "create_security_group", GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    call("ec2", "authorize_security_group_ingress", GroupId=group, IpPermissions=[rule])
    call("ec2", "create_tags", Resources=[vpc, subnet], Tags=[{"Key": "Name", "Value": "lab"}])
    address = call("ec2", "allocate_address", Domain="vpc")["AllocationId"]
    call("ec2", "create_nat_gateway", SubnetId=subnet, AllocationId=address)
    call("ec2", "create_network_interface", SubnetId=subnet, Groups=[group])
    call("ec2", "run_instances", ImageId="ami-12345678", MinCount=2, MaxCount=2, SubnetId=subnet, ClientToken="t")
    endpoint = {"VpcId": vpc, "VpcEndpointType": "Interface", "SubnetIds": [subnet]}
    call("ec2", "create_vpc_endpoint", ServiceName="com.amazonaws.us-east-1.ecr.api", **endpoint)
    call("ec2", "describe_vpc_endpoint_services")
    call("ec2", "create_key_pair", KeyName="k", KeyType="ed25519")
    call("ec2", "create_key_pair", KeyName="r")
    role = call("iam", "create_role", RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    call("iam", "attach_role_policy", RoleName="r", PolicyArn=policy)
    call("iam", "create_policy", PolicyName="p", PolicyDocument=POLICY)
    call("iam", "create_access_key", UserName="learner")
    call("iam", "get_user")
    call("sts", "get_caller_identity")
    call("sts", "assume_role", RoleArn=role, RoleSessionName="session")
    call("s3", "create_bucket", Bucket="bucket")
    call("s3", "put_object", Bucket="bucket", Key="a key/ü", Body=b"model", Metadata={"made_by": "x"})
    upload = call("s3", "create_multipart_upload", Bucket="bucket", Key="m")["UploadId"]
    call("s3", "upload_part", Bucket="bucket", Key="m", UploadId=upload, PartNumber=1, Body=b"part")
    call("s3", "get_object", Bucket="bucket", Key="a key/ü")
    call("s3", "list_objects_v2", Bucket="bucket")
    call("secretsmanager", "create_secret", Name="db", SecretString="x", ClientRequestToken="0" * 32)
    call("secretsmanager", "get_secret_value", SecretId="db")
    call("secretsmanager", "list_secrets")
    call("ec2", "describe_key_pairs")
    for described in ("subnets", "security_groups", "instances", "network_interfaces", "nat_gateways", "vpc_endpoints"):
        call("ec2", f"describe_{described}")
    sys.stdout.write(json.dumps(line.world.described(), indent=1, sort_keys=True))


if __name__ == "__main__":
    run(saved="saved" in sys.argv, reads="reads" in sys.argv)
