"""What in moto must be otherwise for its worlds to be kept, forked and repeated; applied once, after its import.

Knows nothing about worlds or calls. Every cure names its reason; tests/neighbours hold moto to each internal touched.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import PurePath
from typing import Any

#: What moto answers here, by botocore's name.
SERVICES = ("ec2", "iam", "s3", "secretsmanager", "sts")
#: Read by moto when it makes a backend.
ENVIRONMENT = {
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # 0.8 MB an account
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "false",  # 5 MB and 0.1 s an account
    "MOTO_S3_DEFAULT_KEY_BUFFER_SIZE": str(11 * 1024 * 1024),  # objects stay in memory, not in temporary files
}
#: Settings of the machine that must not reach botocore inside moto: a profile that does not exist would stop it.
_NOT_FOR_MOTO = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_OFFERINGS = "instance_type_offerings"
#: Addresses AWS keeps: the first four of a subnet and the last.
_KEPT = 4


@contextmanager
def importing() -> Iterator[None]:
    """Within, moto is imported: with its settings, one boto3 session instead of many, and offerings left for later."""
    import boto3

    os.environ.update(ENVIRONMENT)
    kept = {name: os.environ.pop(name) for name in _NOT_FOR_MOTO if name in os.environ}
    session, real = knowing_regions(), boto3.Session
    # before anything of moto is imported: its modules take the name from boto3 when they are
    vars(boto3)["Session"] = lambda *given, **named: real(*given, **named) if given or named else session
    import moto.utilities.utils as utilities

    load = utilities.load_resource
    utilities.load_resource = lambda name: _Offerings(load, name) if _OFFERINGS in name else load(name)
    try:
        yield
    finally:
        vars(boto3)["Session"], utilities.load_resource = real, load
        os.environ.update(kept)


def knowing_regions() -> Any:
    """A boto3 session that tells the regions of our services from the list of endpoints alone. boto3 reads a service's
    whole model for the name of its endpoints: EC2's is 4 MB, and a third of the time that moto takes to import.
    """
    import boto3

    class Session(boto3.Session):  # type: ignore[misc, unused-ignore]
        def get_available_regions(self, service_name: str, partition_name: str = "aws", *rest: Any) -> list[str]:
            if service_name not in SERVICES:
                return list(super().get_available_regions(service_name, partition_name, *rest))
            endpoints = self._session._get_internal_component("endpoint_resolver")
            return list(endpoints.get_available_endpoints(service_name, partition_name, *rest))

    return Session()


class _Offerings(list[Any]):
    """Which instance types a zone offers, read when somebody asks: together they are 70 MB that nobody looks at."""

    def __init__(self, load: Callable[[str], Any], name: str) -> None:
        super().__init__()
        self._load, self._name, self._imported = load, name, False

    def __iter__(self) -> Iterator[Any]:
        if not self._imported:  # the import's own walk, which marks each with its kind of location
            self._imported = True
            return iter(())
        kind = PurePath(self._name).parent.name
        return iter([{**one, "LocationType": kind} for one in self._load(self._name)])


def apply() -> None:
    """Change what cannot be configured."""
    _answer_no_other_origin()
    _track_no_instances()
    _choose_addresses_from_the_subnet()
    _describe_endpoint_services_from_a_list()
    _drop_objects_in_silence()
    _refer_to_the_backends_inside()
    _look_at_a_class_once()
    _let_a_default_group_in_to_itself()


def _let_a_default_group_in_to_itself() -> None:
    """A VPC's default security group lets in whatever belongs to it; moto's lets in nobody.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """
    from moto.ec2.models.security_groups import SecurityGroupBackend

    create = SecurityGroupBackend.create_security_group

    def created(self: Any, *given: Any, is_default: bool | None = None, **named: Any) -> Any:
        group = create(self, *given, is_default=is_default, **named)
        if is_default:
            itself = [{"GroupId": group.id}]
            self.authorize_security_group_ingress(group.id, "-1", "-1", "-1", [], source_groups=itself)
        return group

    SecurityGroupBackend.create_security_group = created


def _look_at_a_class_once() -> None:
    """moto lists the methods of a response class at every call, a fifth of its time; classes do not change."""
    import moto.core.responses as responses

    responses.method_names_from_class = functools.cache(responses.method_names_from_class)


def _answer_no_other_origin() -> None:
    """No page of another origin reads a learner's cloud. moto's setting counts only before its first import."""
    import moto.moto_server.werkzeug_app as werkzeug_app

    assert isinstance(werkzeug_app.DISABLE_GLOBAL_CORS, bool)
    werkzeug_app.DISABLE_GLOBAL_CORS = True


def _track_no_instances() -> None:
    """moto lists every record it ever made, for a dashboard nobody opens: a leak in a process that forks."""
    from moto.core.common_models import BaseModel

    def make(cls: Any, *_arguments: Any, **_named: Any) -> Any:
        return super(BaseModel, cls).__new__(cls)

    BaseModel.__new__ = make


def _choose_addresses_from_the_subnet() -> None:
    """Addresses came from an iterator in a process-wide cache (lost when a world is restored, and a leak), and, once
    given back, from a set, whose order differs between processes. Now: the highest free one. The simulated tasks count
    from below, so the two do not meet. An interface's own address was drawn from the whole block, AWS's included.
    """
    import moto.ec2.models.elastic_network_interfaces as interfaces
    from moto.ec2.models.instances import Instance
    from moto.ec2.models.subnets import Subnet

    draw = interfaces.random_private_ip

    def addresses(subnet: Any) -> Iterator[Any]:
        taken = getattr(subnet, "_subnet_ips", {})
        for below_the_end in range(2, subnet.cidr.num_addresses - _KEPT + 1):
            address = subnet.cidr[-below_the_end]
            if address not in subnet._reserved_ips and str(address) not in taken:
                yield address

    def give_back(subnet: Any, address: str) -> None:
        subnet._subnet_ips.pop(address, None)

    assert isinstance(Subnet._subnet_ip_generator, property)
    Subnet._subnet_ip_generator = property(addresses)
    Subnet.del_subnet_ip = give_back
    interfaces.random_private_ip = lambda block=None, ipv6=False: draw(_upper_half(block, ipv6=ipv6), ipv6)
    del Instance.__del__  # gave its address back whenever the garbage was collected


def _upper_half(block: str | None, *, ipv6: bool) -> str | None:
    """The upper half of an IPv4 block without its last quarter, where the broadcast address is."""
    if block is None or ipv6:
        return block
    whole = ip_network(block, strict=False)
    return str(list(whole.subnets(prefixlen_diff=2))[2]) if whole.prefixlen <= 30 else block


def _describe_endpoint_services_from_a_list() -> None:
    """The list of endpoint services was collected by making a backend of nearly every service moto has."""
    from moto.core.base_backend import BaseBackend
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
    from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, VPCBackend

    ours = {"application-autoscaling", "ecr.api", "ecr.dkr", "ecs", "elasticloadbalancing", "logs", "secretsmanager"}

    def collect(_account: str, region: str) -> list[dict[str, Any]]:
        zones = [zone.name for zone in RegionsAndZonesBackend.zones.get(region, ())]
        described = []
        for name in sorted({*AWS_ENDPOINT_SERVICES, *ours, "monitoring", "sts"}):
            described += BaseBackend.default_vpc_endpoint_service_factory(region, zones, name)
        described += BaseBackend.default_vpc_endpoint_service_factory(region, zones, "s3", "Gateway")
        for one in described:
            digest = hashlib.sha256(f"{one['ServiceName']} {one['ServiceType']}".encode()).hexdigest()
            one["ServiceId"] = f"vpce-svc-{digest[:17]}"
        return described

    assert callable(VPCBackend._collect_default_endpoint_services)
    VPCBackend._collect_default_endpoint_services = staticmethod(collect)


def _drop_objects_in_silence() -> None:
    """A dropped fork drops its S3 objects: nothing to warn about."""
    from moto.s3.models import FakeKey

    FakeKey.__del__ = FakeKey.dispose


def _refer_to_the_backends_inside() -> None:
    """Peering looked for the other side among every EC2 backend ever made in the process: other worlds' too, and never
    those that were opened from bytes.
    """
    from moto.ec2.models import VPCBackend, VPCPeeringConnectionBackend, ec2_backends
    from moto.ec2.models.transit_gateway_attachments import TransitGatewayAttachmentBackend

    class Inside:
        def __getitem__(self, _kind: Any) -> Inside:
            return self

        def add(self, _reference: Any) -> None:
            """Remember nothing."""

        def __iter__(self) -> Iterator[Callable[[], Any]]:
            for account in ec2_backends.values():
                yield from (functools.partial(_itself, backend) for backend in account.values())

    assert VPCBackend.vpc_refs is not None
    assert VPCPeeringConnectionBackend.vpc_pcx_refs is not None
    assert TransitGatewayAttachmentBackend.backend_refs is not None
    VPCBackend.vpc_refs = VPCPeeringConnectionBackend.vpc_pcx_refs = Inside()
    TransitGatewayAttachmentBackend.backend_refs = Inside()


def _itself(one: Any) -> Any:
    """What stands for a weak reference."""
    return one
