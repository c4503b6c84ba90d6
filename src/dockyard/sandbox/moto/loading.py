"""moto in this process: imported once, cured, shimmed; its services as WSGI applications; whose backends are in.

Knows nothing about what a world keeps. One call at a time: whoever calls holds the one lock.
"""

from __future__ import annotations

import functools
import io
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote_to_bytes

from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.moto import cures, shims
from dockyard.sandbox.moto.cures import SERVICES

#: Imported once, by whoever comes first: a call, or `warm` in a thread beside it.
_IMPORTING = threading.Lock()


class Moto:
    """moto, loaded. Its backend dictionaries are empty but while a world is in."""

    def __init__(self) -> None:
        with cures.importing():
            import moto.backends
            import moto.moto_server.werkzeug_app as werkzeug_app
            from moto.core.base_backend import AccountSpecificBackend, BackendDict, backend_lock
            from moto.moto_api._internal import mock_random

            self._dictionaries = {name: moto.backends.get_backend(name) for name in SERVICES}
            self.patterns = {name: _pattern(AccountSpecificBackend, one) for name, one in self._dictionaries.items()}
        self._make_application = werkzeug_app.create_backend_app
        self._applications: dict[str, Any] = {}
        self._in_use = BackendDict._instances
        #: moto's own; held while a world is in
        self._lock = backend_lock
        self.moment = shims.Moment(mock_random)
        cures.apply()
        shims.install(self.moment)
        from dockyard.sandbox.moto import furniture
        from dockyard.sandbox.moto.backends import WorldBackends

        furniture.forget_the_list()
        self.furnish = furniture.furnish
        self.add_managed_policy = furniture.add_managed_policy
        self.world_backends = WorldBackends

    def application(self, service: str) -> Any:
        """A service's WSGI application, made at first use; making it leaves no backend behind."""
        if service not in self._applications:
            with self._lock, self.moment.at(0.0, service):
                self._applications[service] = self._make_application(service)
                self._empty()
        return self._applications[service]

    @contextmanager
    def holding(self, account: str, backends: Mapping[str, Any]) -> Iterator[None]:
        """Within: the account's backends are those; after it moto is empty again, whatever the call made."""
        with self._lock:
            for service, one in backends.items():
                dict.__setitem__(self._dictionaries[service], account, one)
            try:
                yield
            finally:
                self._empty()

    def answer(self, service: str, request: HttpRequest, account: str) -> HttpResponse:
        """What moto answers; its exceptions pass through."""
        started: list[Any] = []
        body = self.application(service)(
            environment(request, account), lambda status, headers, _info=None: started.extend((status, headers))
        )
        try:
            content = b"".join(body)
        finally:
            close = getattr(body, "close", None)
            if close:
                close()
        return HttpResponse(int(started[0].split()[0]), {name.lower(): value for name, value in started[1]}, content)

    def know_buckets(self, account: str, names: Iterable[str]) -> None:
        """Tell S3 whose the buckets of the world inside are: it looks them up beside its backends, by name alone."""
        self._dictionaries["s3"].bucket_accounts.update(dict.fromkeys(names, ("aws", account)))

    def _empty(self) -> None:
        self._dictionaries["s3"].bucket_accounts.clear()
        for known in (*self._dictionaries.values(), *self._in_use):
            dict.clear(known)


def _pattern(kind: Any, known: Any) -> Any:
    """What every world's backends of a service share: its class, its name, its regions."""
    return kind(
        known.service_name,
        "",
        known.backend,
        use_boto3_regions=known._use_boto3_regions,
        additional_regions=known._additional_regions,
    )


@functools.cache
def _loaded() -> Moto:
    return Moto()


def loaded() -> Moto:
    """moto, imported by the first who asks (half a second or more)."""
    with _IMPORTING:
        return _loaded()


def environment(request: HttpRequest, account: str) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333), for an account that nobody but us names."""
    target = f"{request.path}?{request.query}" if request.query else request.path
    found: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": target,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        if name not in ("content-type", "content-length"):
            found[f"HTTP_{name.upper().replace('-', '_')}"] = value
    found["moto.preserved_header_names"] = {
        f"HTTP_{name.upper().replace('-', '_')}": name for name in request.headers if "_" in name
    }
    found["HTTP_X_MOTO_ACCOUNT_ID"] = account
    return found
