"""Which service, operation and protocol a request means, decided by the request alone.

Knows nothing about bodies beyond a form's Action, and never refuses: what cannot be read is refused by `read`, after
the signature was judged. Protocols: https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl

from dockyard.sandbox.scope import Scope, scope_of
from dockyard.sandbox.wire.s3 import s3_operation

Protocol = Literal["json", "query", "ec2", "s3", "cbor", "rest-json"]

#: Simulated here, by botocore's name.
SIMULATED = frozenset({"cloudwatch", "elbv2", "ecs", "ecr", "application-autoscaling", "logs"})
#: Answered by the neighbour.
NEIGHBOURS = frozenset({"ec2", "iam", "sts", "s3", "secretsmanager"})

#: Names in a credential scope that are not botocore's.
_BY_SIGNING_NAME = {"monitoring": "cloudwatch", "elasticloadbalancing": "elbv2"}
_BY_TARGET = {
    "AmazonEC2ContainerServiceV20141113": "ecs",
    "AmazonEC2ContainerRegistry_V20150921": "ecr",
    "GraniteServiceVersion20100801": "cloudwatch",
    "AnyScaleFrontendService": "application-autoscaling",
    "Logs_20140328": "logs",
}
_BY_VERSION = {
    "2015-12-01": "elbv2",
    "2010-08-01": "cloudwatch",
    "2016-11-15": "ec2",
    "2010-05-08": "iam",
    "2011-06-15": "sts",
}
_NOWHERE = Scope("", "", "", "")


@dataclass(slots=True, frozen=True)
class Call:
    """A request recognised. `operation` is "" where it names none; `form` holds a query request's parameters.

    `region` and `access_key` are what the credential scope claims ("" when unsigned).
    """

    service: str
    operation: str
    protocol: Protocol
    region: str
    access_key: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    form: Mapping[str, str] = field(default_factory=dict)


def recognise(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Call:
    """The call a request means. `path` and `query` are as sent (percent-encoded), header names are lower case."""
    scope = scope_of(headers, query) or _NOWHERE
    signed = _BY_SIGNING_NAME.get(scope.service, scope.service)
    form: dict[str, str] = {}
    protocol: Protocol
    target = headers.get("x-amz-target", "")
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        protocol, named, operation = "cbor", *_from_path(path)
    elif target:
        prefix, _, operation = target.rpartition(".")
        protocol, named = "json", _BY_TARGET.get(prefix, prefix)
    elif signed != "s3" and (form := _form(query, headers, body)):
        named = _BY_VERSION.get(form.get("Version", ""), "")
        protocol, operation = "ec2" if "ec2" in (signed, named) else "query", form.get("Action", "")
    elif signed in ("s3", ""):
        protocol, named, operation = "s3", "s3", s3_operation(method, path, query, headers)
    else:
        protocol, named, operation = _usual(signed, headers), signed, ""
    return Call(signed or named, operation, protocol, scope.region, scope.access_key, method, path, headers, body, form)


def _from_path(path: str) -> tuple[str, str]:
    """Service and operation of `/service/NAME/operation/NAME`."""
    parts = path.strip("/").split("/")
    return (_BY_TARGET.get(parts[1], parts[1]), parts[3]) if len(parts) == 4 else ("", "")


def _form(query: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """The parameters of a query request, from the body or the query string; empty when it is none."""
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        sent = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        return {**dict(parse_qsl(query, keep_blank_values=True)), **sent} if query else sent
    return dict(parse_qsl(query, keep_blank_values=True)) if "Action=" in query else {}


def _usual(service: str, headers: Mapping[str, str]) -> Protocol:
    """The protocol of a request that names no operation: what the service's clients usually speak."""
    if service not in SIMULATED | NEIGHBOURS:
        return "rest-json"
    if service == "ec2":
        return "ec2"
    by_form = service in ("elbv2", "cloudwatch", "iam", "sts") and "json" not in headers.get("content-type", "")
    return "query" if by_form else "json"
