"""AWS's protocols: what a request asks, read and checked by the service's model, and the answer in the same protocol.

Knows nothing about signatures, accounts or what an operation does, and nothing of moto or botocore's code: it reads
botocore's service models (data files) itself, which costs a tenth of importing botocore.

    call = recognise(method, path, query, headers, body)    never refuses: service, operation, protocol
    request = read(call)                                    botocore-shaped, checked; raises AwsError
    answer = respond(call, result, request_id)              or refuse(call, error, request_id)
"""

from dockyard.sandbox.wire.answers import Answer, refuse, respond
from dockyard.sandbox.wire.call import NEIGHBOURS, SIMULATED, Call, Protocol, recognise
from dockyard.sandbox.wire.reading import not_offered, read

__all__ = [
    "NEIGHBOURS",
    "SIMULATED",
    "Answer",
    "Call",
    "Protocol",
    "not_offered",
    "read",
    "recognise",
    "refuse",
    "respond",
]
