"""The request of a recognised call: parsed in its protocol and held to the service's model, or refused as AWS refuses.

Knows nothing about signatures or what an operation does.
"""

from __future__ import annotations

import difflib
import zlib
from typing import Any

from dockyard.errors import AwsError
from dockyard.sandbox.wire import json_protocol, query_protocol
from dockyard.sandbox.wire.call import NEIGHBOURS, SIMULATED, Call
from dockyard.sandbox.wire.constraints import violations
from dockyard.sandbox.wire.model import Model, Operation, model

#: The code with which each service refuses a value (mistakes.md).
_CODES = {
    "ecs": "InvalidParameterException",
    "ecr": "InvalidParameterException",
    "logs": "InvalidParameterException",
    "application-autoscaling": "ValidationException",
    "cloudwatch": "ValidationError",
    "elbv2": "ValidationError",
}
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
_CODE_OF_OPERATION = {"RegisterTaskDefinition": "ClientException"}
#: A compressed body may unfold to so many bytes.
_UNFOLDED_AT_MOST = 16 * 1024 * 1024


def read(call: Call) -> dict[str, Any]:
    """The request of a call to a simulated service, botocore-shaped (timestamps as seconds since 1970).

    Raises AwsError: SerializationException, MissingAction, InvalidAction, UnknownOperationException, or the service's
    own code for a value its model does not allow.
    """
    operation = known_operation(call)
    if call.protocol == "query":
        request = query_protocol.parse(operation.input, call.form)
    else:
        request = json_protocol.parse(operation.input, unfolded(call))
    if operation.input and operation.input.constrained:
        broken = list(violations(operation.input, request))
        if broken:
            raise _refused(call, broken)
    return request


def known_operation(call: Call) -> Operation:
    """The model's operation that a call names. Raises AwsError where there is none, or the protocol is not ours."""
    if call.service not in SIMULATED:
        raise not_offered(call)
    if call.protocol == "cbor":
        raise AwsError(
            "UnknownOperationException",
            "Dockyard does not speak CBOR (smithy-rpc-v2-cbor) yet: use a client that sends JSON or query, such as "
            "boto3 1.44 or the AWS CLI 1.46.",
        )
    described = model(call.service)
    if call.protocol == "query" and "query" not in described.metadata["protocols"]:
        raise AwsError("InvalidAction", f"{call.service} is asked in JSON with X-Amz-Target, not with Action=.")
    if call.protocol == "query" and call.form.get("Version", "") not in ("", described.metadata["apiVersion"]):
        raise _other_version(call, described)
    if not call.operation:
        raise _nameless(call)
    operation = described.operation(call.operation)
    if operation is None:
        raise _unknown(call, described)
    return operation


def unfolded(call: Call) -> bytes:
    """The body without its gzip. Raises AwsError where it is none or unfolds beyond 16 MiB."""
    if call.headers.get("content-encoding", "").lower() != "gzip":
        return call.body
    unfold = zlib.decompressobj(wbits=31)
    try:
        body = unfold.decompress(call.body, _UNFOLDED_AT_MOST)
    except zlib.error as error:
        raise AwsError("SerializationException", f"The body of the request is not gzip: {error}.") from None
    if unfold.unconsumed_tail:
        raise AwsError("RequestEntityTooLarge", "The body of the request unfolds to more than 16 MiB.", status=413)
    return body


def _refused(call: Call, broken: list[str]) -> AwsError:
    code = _CODE_OF_OPERATION.get(call.operation, _CODES[call.service])
    noun = "error" if len(broken) == 1 else "errors"
    return AwsError(code, f"{len(broken)} validation {noun} detected: {'; '.join(broken)}")


def not_offered(call: Call) -> AwsError:
    """The refusal of a service that nobody offers here."""
    offered = ", ".join(sorted(SIMULATED | NEIGHBOURS))
    return AwsError("UnknownOperationException", f"Dockyard does not offer {call.service} yet. It offers: {offered}.")


def _nameless(call: Call) -> AwsError:
    if call.protocol == "query":
        return AwsError("MissingAction", "The request must contain the parameter Action.")
    return AwsError(
        "UnknownOperationException", f"The request names no operation of {call.service}: it has no X-Amz-Target."
    )


def _other_version(call: Call, described: Model) -> AwsError:
    wanted = described.metadata["apiVersion"]
    return AwsError(
        "InvalidAction",
        f"Could not find operation {call.operation} for version {call.form['Version']}: "
        f"Dockyard offers {call.service} in version {wanted}.",
    )


def _unknown(call: Call, described: Model) -> AwsError:
    near = difflib.get_close_matches(call.operation, described.operations, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    code = "InvalidAction" if call.protocol == "query" else "UnknownOperationException"
    return AwsError(code, f"{call.service} has no operation named {call.operation}.{hint}")
