"""What a new AWS account holds and moto's does not: a way out of the default VPC, the learner's user, managed policies.

Knows nothing about worlds or calls. Imports moto: only `loading` imports this module.
https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

USER = "learner"
#: Managed policies that are listed from the start; any other of AWS's is there as soon as somebody names it.
POLICIES = (
    "AdministratorAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonECS_FullAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "CloudWatchLogsFullAccess",
    "AmazonECSTaskExecutionRolePolicy",
)
ARN_OF_AWS = "arn:aws:iam::aws:policy/"


def furnish(service: str, backend: Any, access_key: str) -> None:
    """Put into a new backend what AWS gives a new account."""
    if service == "ec2":
        _open_default_vpc(backend)
    if service == "iam":
        _add_learner(backend, access_key)
        for name in POLICIES:
            add_managed_policy(backend, name)


def _open_default_vpc(backend: Any) -> None:
    """A default VPC has an internet gateway and a default route to it."""
    vpc = backend.default_vpc.id
    gateway = backend.create_internet_gateway()
    backend.attach_internet_gateway(gateway.id, vpc)
    main = next(one for one in backend.route_tables.values() if one.vpc_id == vpc and one.main_association_id)
    backend.create_route(main.id, "0.0.0.0/0", gateway_id=gateway.id)


def _add_learner(backend: Any, access_key: str) -> None:
    """The user who signs with the account's own key; its secret is the sandbox's affair."""
    backend.create_user(backend.region_name, USER)
    key = backend.create_access_key(USER)
    del backend.access_keys[key.access_key_id]
    key.access_key_id, key.secret_access_key = access_key, ""
    backend.access_keys[access_key] = key


def add_managed_policy(backend: Any, name: str) -> None:
    """Let the account see a policy of AWS's own (`service-role/…` or a plain name); an unknown name changes nothing."""
    from moto.iam.models import AWSManagedPolicy

    plain = name.rpartition("/")[2]
    described = _described(plain)
    if described is None:
        return
    policy = AWSManagedPolicy.from_data(plain, backend.account_id, backend.region_name, described)
    if policy.arn not in backend.managed_policies:
        backend.managed_policies[policy.arn] = policy
        backend.aws_managed_policies.append(policy)


def forget_the_list() -> None:
    """Free the six megabytes of text that moto keeps of AWS's managed policies, when the usual ones are noted."""
    from moto.iam import aws_managed_policies, models

    for name in POLICIES:
        _described(name)
    aws_managed_policies.aws_managed_policies_data = models.aws_managed_policies_data = ""


@functools.lru_cache(maxsize=64)
def _described(name: str) -> dict[str, Any] | None:
    """A policy in moto's list of AWS's own. Parsed one by one: as a whole the list would be 25 MB of objects."""
    from moto.iam import aws_managed_policies

    text = aws_managed_policies.aws_managed_policies_data or Path(aws_managed_policies.__file__).read_text()
    start = text.find(f'\n "{name}":')
    if start < 0:
        return None
    described: dict[str, Any] = json.JSONDecoder().raw_decode(text, text.index("{", start))[0]
    return described
