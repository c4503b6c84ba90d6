"""Real clients against the wire: boto3 in-process (its request is caught before it is sent), others through a socket.

Knows nothing about what operations do: a test says what each call is answered with.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

from dockyard.errors import AwsError
from dockyard.sandbox import wire
from dockyard.sandbox.direct import answered_here
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.signing import Secret, verify

SECRETS = {"AKIALEARNER": Secret("the secret", "123456789012", "arn:aws:iam::123456789012:user/learner")}
REQUEST_ID = "11111111-2222-4333-8444-555555555555"

#: What a call is answered with: its result; AwsError refuses.
Answers = Callable[[wire.Call], dict[str, Any]]


def answer(method: str, url: str, headers: dict[str, str], body: bytes, answers: Answers) -> wire.Answer:
    """Recognise, verify, answer."""
    parts = urlsplit(url)
    call = wire.recognise(method, parts.path, parts.query, headers, body)
    try:
        verify(
            method, parts.path, parts.query, headers, body, SECRETS.get, time.time(), protocol=call.protocol
        )  # fmt: skip
        return wire.respond(call, answers(call), REQUEST_ID)
    except AwsError as error:
        return wire.refuse(call, error, REQUEST_ID)


class OtherProtocol(Loader):
    """Botocore's models, with CloudWatch spoken in another of its protocols, as older and newer clients do."""

    def __init__(self, protocol: str) -> None:
        super().__init__(include_default_search_paths=True)
        self.protocol = protocol

    def load_service_model(self, *arguments: Any, **named: Any) -> Any:
        document = super().load_service_model(*arguments, **named)
        if "protocols" in document.get("metadata", {}):
            document["metadata"] |= {"protocol": self.protocol, "protocols": [self.protocol]}
        return document


def client(service: str, answers: Answers, *, protocol: str = "", check: bool = True, **named: Any) -> Any:
    """A real boto3 client whose requests are answered here; `check=False` lets it send what botocore would refuse."""
    core = Session()
    if protocol:
        core.register_component("data_loader", OtherProtocol(protocol))
    keys = {"aws_access_key_id": "AKIALEARNER", "aws_secret_access_key": "the secret", "region_name": "us-east-1"}
    made = boto3.Session(botocore_session=core).client(
        service,
        endpoint_url="http://127.0.0.1:4566",
        config=Config(parameter_validation=check, retries={"total_max_attempts": 1}),
        **(keys | named),
    )

    def answered(http: HttpRequest) -> HttpResponse:
        headers = {"host": urlsplit(made.meta.endpoint_url).netloc} | http.headers  # as any HTTP library adds it
        given = answer(http.method, f"{http.path}?{http.query}", headers, http.body, answers)
        return HttpResponse(given.status, dict(given.headers), given.body)

    return answered_here(made, answered)


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """A server on a free port for clients that must have one; yields its URL."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answered = answer(self.command, self.path, headers, body, answers)
            self.send_response(answered.status)
            for name, value in (answered.headers | {"content-length": str(len(answered.body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answered.body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
