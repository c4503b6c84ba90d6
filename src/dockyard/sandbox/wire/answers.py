"""Answers and refusals in the protocol of the request: JSON, query's XML, EC2's XML, S3's XML, CBOR (refusals only).

Knows nothing about what was asked beyond its call. AWS's word for whose fault it is: Sender below 500, Receiver above.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from dockyard.errors import AwsError
from dockyard.sandbox.wire import json_protocol, query_protocol
from dockyard.sandbox.wire.call import SIMULATED, Call
from dockyard.sandbox.wire.model import Fault, model
from dockyard.sandbox.wire.query_protocol import escaped
from dockyard.sandbox.wire.reading import known_operation


class Answer(NamedTuple):
    """An HTTP answer: status, headers, body."""

    status: int
    headers: dict[str, str]
    body: bytes


def respond(call: Call, result: dict[str, Any], request_id: str) -> Answer:
    """The answer to a call of a simulated service that went well; `result` is botocore-shaped."""
    operation = known_operation(call)
    if call.protocol == "query":
        namespace = model(call.service).metadata["xmlNamespace"]
        body = query_protocol.compose(operation, namespace, result, request_id)
        return Answer(200, _headers("text/xml", request_id), body)
    return Answer(200, _headers(_json_type(call), request_id), json_protocol.compose(operation.output, result))


def refuse(call: Call, error: AwsError, request_id: str) -> Answer:
    """The refusal of any call, of a simulated service or a neighbour's, recognised well or not."""
    fault = _fault(call, error)
    if call.protocol == "query":
        return _query(call, fault, error.message, request_id)
    if call.protocol == "ec2":
        inner = f"<Errors><Error>{_pair(fault.code, error.message)}</Error></Errors><RequestID>{request_id}</RequestID>"
        return _xml(fault.status, f"<Response>{inner}</Response>", request_id)
    if call.protocol == "s3":
        return _s3(call, fault, error.message, request_id)
    if call.protocol == "cbor":
        return _cbor(call, fault, error.message, request_id)
    headers = _headers(_json_type(call), request_id) | _query_error(call, fault)
    if call.protocol == "rest-json":
        headers["x-amzn-ErrorType"] = fault.name
    return Answer(fault.status, headers, json.dumps({"__type": fault.name, "message": error.message}).encode())


def _fault(call: Call, error: AwsError) -> Fault:
    """The error's name, code and status as the service's model has them; its status stands where none was told."""
    code = error.code
    if call.protocol in ("query", "ec2") and code == "UnknownOperationException":
        code = "InvalidAction"
    known = model(call.service).faults.get(code) if call.service in SIMULATED else None
    if known is None:
        return Fault(code, code, error.status)
    return Fault(known.name, code, known.status if error.status == 400 else error.status)


def _query_error(call: Call, fault: Fault) -> dict[str, str]:
    """The header that keeps query's error codes for clients that now speak another protocol.

    https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
    """
    if call.headers.get("x-amzn-query-mode") != "true":
        return {}
    return {"x-amzn-query-error": f"{fault.code};{_whose(fault)}"}


def _whose(fault: Fault) -> str:
    return "Sender" if fault.status < 500 else "Receiver"


def _pair(code: str, message: str) -> str:
    return f"<Code>{escaped(code)}</Code><Message>{escaped(message)}</Message>"


def _query(call: Call, fault: Fault, message: str, request_id: str) -> Answer:
    namespace = model(call.service).metadata.get("xmlNamespace", "") if call.service in SIMULATED else ""
    opening = f'<ErrorResponse xmlns="{namespace}">' if namespace else "<ErrorResponse>"
    error = f"<Error><Type>{_whose(fault)}</Type>{_pair(fault.code, message)}</Error>"
    return _xml(fault.status, f"{opening}{error}<RequestId>{request_id}</RequestId></ErrorResponse>", request_id)


def _s3(call: Call, fault: Fault, message: str, request_id: str) -> Answer:
    where = f"<Resource>{escaped(call.path)}</Resource><RequestId>{request_id}</RequestId>"
    answer = _xml(fault.status, f"<Error>{_pair(fault.code, message)}{where}</Error>", request_id)
    answer.headers["x-amz-request-id"] = request_id
    return answer._replace(body=b"") if call.method == "HEAD" else answer


def _xml(status: int, document: str, request_id: str) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode()
    return Answer(status, _headers("text/xml", request_id), body)


def _cbor(call: Call, fault: Fault, message: str, request_id: str) -> Answer:
    headers = _headers("application/cbor", request_id) | {"smithy-protocol": "rpc-v2-cbor"} | _query_error(call, fault)
    body = b"\xa2" + b"".join(_cbor_text(text) for text in ("__type", fault.name, "message", message))
    return Answer(fault.status, headers, body)


def _cbor_text(text: str) -> bytes:
    """A text of up to 65,535 bytes in CBOR (major type 3, its length in two bytes). RFC 8949 section 3.1."""
    data = text.encode()[:0xFFFF]
    return b"\x79" + len(data).to_bytes(2, "big") + data


def _headers(content_type: str, request_id: str) -> dict[str, str]:
    return {"content-type": content_type, "x-amzn-requestid": request_id}


def _json_type(call: Call) -> str:
    sent = call.headers.get("content-type", "")
    if sent.startswith("application/x-amz-json-1.0"):
        return "application/x-amz-json-1.0"
    return "application/json" if call.protocol == "rest-json" else "application/x-amz-json-1.1"
