"""A client of one registry: asks for and sends blobs and manifests over plain HTTP, as OCI distribution v1.1 says.

Knows nothing about images or JSON lines; it runs in a thread. It talks to registries on this machine only. Its errors
are the sentences Docker prints.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast
from urllib.parse import urljoin, urlsplit

from dockyard.containers.blobs import Upload
from dockyard.containers.oci import INDEX_TYPES, MANIFEST_TYPES
from dockyard.errors import EngineError

__all__ = ["Registry", "Status", "basic", "is_here"]

_HERE = re.compile(r"(127\.0\.0\.1|localhost):(\d{1,5})")
_SECONDS = 120
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Status:
    """How a registry answered: HTTP's number and its name."""

    code: int
    reason: str


def is_here(host: str) -> bool:
    """Whether a host is a registry of this machine: others are not asked."""
    return bool(_HERE.fullmatch(host))


def basic(user: str, password: str) -> str:
    """The Authorization header's value; empty where there is no password."""
    if not password:
        return ""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Registry:
    """One registry of this machine, with what to authorize by (may be empty)."""

    def __init__(self, host: str, authorization: str = "") -> None:
        if not is_here(host):
            named = host or "Docker Hub"
            raise EngineError(
                f"this sandbox reaches only its own registry, and {named} is not it.",
                next_step="Tag the image with a repositoryUri first: docker tag IMAGE 127.0.0.1:PORT/ACCOUNT/NAME:TAG",
            )
        self.host = host
        self._authorization = authorization

    def ping(self) -> Status:
        """Whether the registry takes these credentials (200) or not (401)."""
        with self._exchange("GET", "/v2/") as response:
            return Status(response.status, response.reason)

    def check(self) -> None:
        """Raise what Docker prints where the registry does not take the credentials."""
        with self._exchange("GET", "/v2/") as response:
            self._expect(response, 200)

    def has_blob(self, repository: str, digest: str) -> bool:
        """Whether a repository holds a blob; a refusal shows when the blob is sent."""
        with self._exchange("HEAD", f"/v2/{repository}/blobs/{digest}") as response:
            return response.status == 200

    def send_blob(self, repository: str, digest: str, file: Path) -> None:
        """Send a blob from disk in one stream."""
        with self._exchange("POST", f"/v2/{repository}/blobs/uploads/") as response:
            self._expect(response, 202)
            location = response.headers.get("Location", "")
        target = self._target(location, digest)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(file.stat().st_size)}
        with file.open("rb") as content, self._exchange("PUT", target, headers, content) as response:
            self._expect(response, 201)

    def _target(self, location: str, digest: str) -> str:
        parts = urlsplit(urljoin(f"http://{self.host}/", location))
        return f"{parts.path}?{parts.query + '&' if parts.query else ''}digest={digest}"

    def send_manifest(self, repository: str, tag: str, media_type: str, manifest: bytes) -> None:
        """Put a manifest under a tag."""
        headers = {"Content-Type": media_type}
        with self._exchange("PUT", f"/v2/{repository}/manifests/{tag}", headers, manifest) as response:
            self._expect(response, 201)

    def manifest(self, repository: str, reference: str) -> bytes:
        """A manifest by tag or digest."""
        headers = {"Accept": ", ".join((*MANIFEST_TYPES, *INDEX_TYPES))}
        with self._exchange("GET", f"/v2/{repository}/manifests/{reference}", headers) as response:
            self._expect(response, 200)
            return response.read()

    def fetch_blob(self, repository: str, digest: str, upload: Upload) -> None:
        """Receive a blob into an upload, as a stream; a wrong digest is refused."""
        with self._exchange("GET", f"/v2/{repository}/blobs/{digest}") as response:
            self._expect(response, 200)
            while chunk := response.read(_CHUNK):
                upload.append(chunk)
        try:
            upload.finish(digest)
        except ValueError as error:
            raise EngineError(f"filesystem layer verification failed for digest {digest}: {error}") from error

    @contextmanager
    def _exchange(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: IO[bytes] | bytes | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """One request and its response; a registry that does not answer is a sentence."""
        connection = http.client.HTTPConnection(self.host, timeout=_SECONDS)
        authorization = {"Authorization": self._authorization} if self._authorization else {}
        try:
            connection.request(method, target, cast("bytes | None", body), {**(headers or {}), **authorization})
            with connection.getresponse() as response:
                yield response
        except (OSError, http.client.HTTPException) as error:
            sentence = f'{method.capitalize()} "http://{self.host}{target}": {error}.'
            raise EngineError(sentence, status=500, next_step="Is the sandbox of this port still up?") from error
        finally:
            connection.close()

    def _expect(self, response: http.client.HTTPResponse, wanted: int) -> None:
        if response.status == wanted:
            return
        if response.status == 401 and not self._authorization:
            raise EngineError("no basic auth credentials", status=401)
        raise EngineError(_sentence(response), status=response.status)


def _sentence(response: http.client.HTTPResponse) -> str:
    """The registry's own error in Docker's words: `denied: …`, `name unknown: …`, `tag invalid: …`."""
    try:
        first = json.loads(response.read())["errors"][0]
        return f"{first['code'].replace('_', ' ').lower()}: {first.get('message') or 'no reason given'}"
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return f"received unexpected HTTP status: {response.status} {response.reason}"
