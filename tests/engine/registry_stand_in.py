"""The smallest registry a push and a pull need, with basic auth, for as long as a test runs.

Knows nothing about repositories' rules: tests put refusals in `refuse`, as (method, part of the path) to the answer.
"""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from dockyard.containers.blobs import BlobStore, digest_of

__all__ = ["RegistryStandIn"]


class RegistryStandIn:
    """Serves on a free port of 127.0.0.1 between `with` and its end."""

    def __init__(self, folder: Path, password: str = "") -> None:
        self.blobs = BlobStore(folder)
        self.manifests: dict[str, tuple[str, bytes]] = {}
        self.refuse: dict[tuple[str, str], tuple[int, str, str]] = {}
        self.seen: list[str] = []
        self.wanted = "Basic " + base64.b64encode(f"AWS:{password}".encode()).decode() if password else ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> RegistryStandIn:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(stand_in: RegistryStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        registry = stand_in

    return Handler


class _Handler(BaseHTTPRequestHandler):
    registry: RegistryStandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _begin(self) -> bool:
        parts = urlsplit(self.path)
        self.route, self.query = parts.path, parse_qs(parts.query)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.registry.seen.append(f"{self.command} {self.route}")
        if self.registry.wanted and self.headers.get("Authorization") != self.registry.wanted:
            body = json.dumps({"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}).encode()
            self._send(401, body, WWW_Authenticate='Basic realm="stand-in"')
            return False
        for (method, part), refusal in self.registry.refuse.items():
            if method == self.command and part in self.route:
                self._error(*refusal)
                return False
        return True

    def _error(self, status: int, code: str, message: str) -> None:
        self._send(status, json.dumps({"errors": [{"code": code, "message": message}]}).encode())

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self) -> None:
        if not self._begin():
            return
        last = self.route.rpartition("/")[2]
        if self.route == "/v2/":
            self._send(200)
        elif self.route in self.registry.manifests:
            kind, data = self.registry.manifests[self.route]
            self._send(200, data, Content_Type=kind, Docker_Content_Digest=digest_of(data))
        elif "/blobs/" in self.route and self.registry.blobs.has(last):
            self._send(200, self.registry.blobs.read(last))
        else:
            self._error(404, "MANIFEST_UNKNOWN" if "/manifests/" in self.route else "BLOB_UNKNOWN", "not here")

    do_HEAD = do_GET  # noqa: N815 - the name is the standard library's

    def do_POST(self) -> None:
        if self._begin():
            location = self.route + self.registry.blobs.begin().id
            self._send(202, Location=location + "?state=kept")

    def do_PUT(self) -> None:
        if not self._begin():
            return
        if "/manifests/" in self.route:
            stored = (self.headers["Content-Type"], self.body)
            for name in (self.route, self.route.rpartition("/")[0] + "/" + digest_of(self.body)):
                self.registry.manifests[name] = stored
            self._send(201, Docker_Content_Digest=digest_of(self.body))
            return
        upload = self.registry.blobs.upload(self.route.rpartition("/")[2])
        assert upload is not None
        assert self.query["state"] == ["kept"]
        upload.append(self.body)
        upload.finish(self.query["digest"][0])
        self._send(201)
