"""The registry's private storage: another registry (`registry:2`) behind ours, with all blobs and manifests by digest.

Knows nothing about who may, about tags or about ECR's rules: ours stays the door. A push is acknowledged when the
storage has all of it; a blob that is not on our disk is fetched from there.
https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
"""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlencode, urljoin, urlsplit

from dockyard.cloud.ecr.manifests import Manifest
from dockyard.containers.blobs import BlobStore
from dockyard.errors import RegistryError, SandboxError
from dockyard.sandbox.registry.uploads import disk

VARIABLE = "DOCKYARD_REGISTRY_URL"
#: Real seconds without a byte.
PATIENCE = 30.0
PIECE = 1 << 20


class Storage:
    """A registry at an `http://` URL that asks nobody for a password. Blocks: to be called from worker threads.

    Repositories have the same names as in ours (`123456789012/credit`); those of two regions share one.
    """

    def __init__(self, url: str) -> None:
        """Raises SandboxError for what is no URL of a server."""
        self.url = url.rstrip("/")
        try:
            parts = urlsplit(self.url)
            self._host, self._port = parts.hostname or "", parts.port or 80
        except ValueError:
            parts, self._host = urlsplit(""), ""
        if parts.scheme != "http" or not self._host or parts.path or parts.query:
            raise SandboxError(
                f"{VARIABLE} is {url!r}, which is no address of a server.",
                next_step="Write it as http://registry:5000, or unset it.",
            )

    def keep(self, repository: str, blobs: BlobStore, manifest: Manifest, text: str) -> None:
        """Write a manifest and before it whatever of its blobs the storage lacks. Raises RegistryError, 503."""
        with self._connected() as connection:
            for digest in () if manifest.is_index else manifest.needs:
                if blobs.has(digest) and not self._has(connection, repository, digest):
                    self._write(connection, repository, blobs, digest)
            path = f"/v2/{repository}/manifests/{manifest.digest}"
            self._ask(connection, "PUT", path, text.encode(), {"Content-Type": manifest.media_type}, HTTPStatus.CREATED)

    def fetch(self, repository: str, digest: str, blobs: BlobStore) -> bool:
        """Bring a blob to our disk; whether the storage has it. Raises RegistryError where it cannot be asked."""
        with self._connected() as connection:
            connection.request("GET", f"/v2/{repository}/blobs/{digest}")
            answer = connection.getresponse()
            if answer.status != HTTPStatus.OK:
                return False
            with disk():
                upload = blobs.begin()
            try:
                while piece := answer.read(PIECE):
                    with disk():
                        upload.append(piece)
                with disk():
                    upload.finish(digest)
            except ValueError:
                return False
            except BaseException:
                upload.discard()
                raise
        return True

    @staticmethod
    def _has(connection: http.client.HTTPConnection, repository: str, digest: str) -> bool:
        connection.request("HEAD", f"/v2/{repository}/blobs/{digest}")
        with connection.getresponse() as answer:
            answer.read()
            return answer.status == HTTPStatus.OK

    def _write(self, connection: http.client.HTTPConnection, repository: str, blobs: BlobStore, digest: str) -> None:
        begun = self._ask(connection, "POST", f"/v2/{repository}/blobs/uploads/", b"", {}, HTTPStatus.ACCEPTED)
        place = urlsplit(urljoin(self.url, begun))
        query = "&".join(part for part in (place.query, urlencode({"digest": digest})) if part)
        headers = {"Content-Length": str(blobs.size(digest)), "Content-Type": "application/octet-stream"}
        with blobs.open(digest) as content:
            self._ask(connection, "PUT", f"{place.path}?{query}", content, headers, HTTPStatus.CREATED)

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: object, headers: dict[str, str],
        wanted: HTTPStatus,
    ) -> str:  # fmt: skip
        """Make a request; the answer's Location. Raises RegistryError where the storage refuses."""
        connection.request(method, path, body, headers)  # type: ignore[arg-type]
        with connection.getresponse() as answer:
            said = answer.read(1000).decode("utf-8", "replace").strip()
            if answer.status != wanted:
                message = f"The registry's storage at {self.url} refuses what was pushed ({answer.status}): {said}"
                raise RegistryError("UNKNOWN", message, status=503)
            return answer.headers.get("Location", "")

    @contextlib.contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        """A connection for some requests. Raises RegistryError in one sentence where the storage does not answer."""
        with contextlib.closing(http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE)) as connection:
            try:
                yield connection
            except (OSError, http.client.HTTPException) as error:
                why = getattr(error, "strerror", None) or str(error) or type(error).__name__
                raise RegistryError(
                    "UNAVAILABLE",
                    f"The registry's storage at {self.url} does not answer ({why}): nothing can be pushed, and only "
                    "layers that are on the sandbox's disk can be pulled. Start it again (docker compose up -d "
                    "registry) and repeat.",
                    status=503,
                ) from error
