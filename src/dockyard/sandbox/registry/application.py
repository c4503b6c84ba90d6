"""The registry as an ASGI application: who asks, for which repository, and who answers.

Knows nothing about how blobs and manifests are kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from dockyard.containers.blobs import BlobStore
from dockyard.errors import RegistryError
from dockyard.sandbox.registry.blobs import Blobs
from dockyard.sandbox.registry.manifests import Manifests
from dockyard.sandbox.registry.records import Accounts, Records, Where, name_unknown
from dockyard.sandbox.registry.routes import Route, read_route
from dockyard.sandbox.registry.storage import Storage
from dockyard.sandbox.registry.tokens import Claims, Tokens
from dockyard.sandbox.registry.uploads import Uploads

Answer = Callable[[Request, Where, str], Awaitable[Response]]

#: Docker's clients look for it before they believe that this is a registry.
VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Dockyard ECR"'}
_PULL, _LIST = "ecr:BatchGetImage", "ecr:ListImages"
#: What IAM is asked, by what a request is about and its method.
#: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
ACTIONS = {
    ("uploads", "POST"): "ecr:InitiateLayerUpload",
    ("upload", "GET"): "ecr:UploadLayerPart",
    ("upload", "PATCH"): "ecr:UploadLayerPart",
    ("upload", "PUT"): "ecr:CompleteLayerUpload",
    ("upload", "DELETE"): "ecr:UploadLayerPart",
    ("blob", "HEAD"): "ecr:BatchCheckLayerAvailability",
    ("blob", "GET"): "ecr:GetDownloadUrlForLayer",
    ("blob", "DELETE"): "ecr:BatchDeleteImage",
    ("manifest", "GET"): _PULL,
    ("manifest", "HEAD"): _PULL,
    ("manifest", "PUT"): "ecr:PutImage",
    ("manifest", "DELETE"): "ecr:BatchDeleteImage",
    ("tags", "GET"): _LIST,
    ("tags", "HEAD"): _LIST,
    ("referrers", "GET"): _PULL,
    ("referrers", "HEAD"): _PULL,
}


class Registry:
    """OCI distribution v1.1 over the repositories of every account the host serves."""

    def __init__(
        self,
        blobs: BlobStore,
        tokens: Tokens,
        accounts: Accounts,
        *,
        wall: Callable[[], float] = time.time,
        storage: Storage | None = None,
    ) -> None:
        self._tokens = tokens
        self._wall = wall
        self._records = records = Records(accounts)
        reading, manifests = Blobs(blobs, records, storage), Manifests(blobs, records, storage)
        self._uploads = uploads = Uploads(blobs, records, wall)
        self._answers: dict[str, dict[str, Answer]] = {
            "uploads": {"POST": lambda request, where, _what: uploads.begin(request, where)},
            "upload": {
                "GET": uploads.status,
                "PATCH": uploads.add,
                "PUT": uploads.complete,
                "DELETE": uploads.cancel,
            },
            "blob": {"GET": reading.read, "HEAD": reading.read, "DELETE": reading.delete},
            "manifest": {
                "GET": manifests.read,
                "HEAD": manifests.read,
                "PUT": manifests.put,
                "DELETE": manifests.delete,
            },
            "tags": {"GET": manifests.tags, "HEAD": manifests.tags},
            "referrers": {"GET": manifests.referrers, "HEAD": manifests.referrers},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except RegistryError as error:
            response = refusal(error)
        except ClientDisconnect:
            return  # nobody is left to answer; an upload keeps what arrived
        response.headers.update(VERSION)
        await response(scope, receive, send)

    def close(self) -> None:
        """Throw away the uploads still open, once nobody is served any more."""
        self._uploads.close()

    async def _answer(self, request: Request) -> Response:
        claims = self._who(request)
        route = read_route(request.url.path)
        if route.kind == "base":
            return JSONResponse({})
        answers = self._answers.get(route.kind)
        if answers is None:
            raise unsupported(route)
        answer = answers.get(request.method)
        if answer is None:
            message = f"{request.method} is not possible here, only {', '.join(answers)}."
            raise RegistryError("UNSUPPORTED", message, status=405)
        actions = actions_of(route, request)
        where = whereabouts(route, claims, actions[0])
        self._records.let_in(where, actions)
        return await answer(request, where, route.what)

    def _who(self, request: Request) -> Claims:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            message = "No basic auth credentials: docker login with a token of ecr get-authorization-token first."
            raise RegistryError("UNAUTHORIZED", message, status=401)
        return self._tokens.check(token.strip(), self._wall())


def actions_of(route: Route, request: Request) -> tuple[str, ...]:
    """What a request needs, in the order in which it is asked; a blob in one request needs all that its parts need."""
    action = ACTIONS[route.kind, request.method]
    if route.kind == "upload" and request.method == "PUT":
        return ("ecr:UploadLayerPart", action)
    if route.kind == "uploads" and "digest" in request.query_params:
        return (action, "ecr:UploadLayerPart", "ecr:CompleteLayerUpload")
    return (action,)


def whereabouts(route: Route, claims: Claims, action: str) -> Where:
    """The repository that a route means to who asks. Raises RegistryError for another account's."""
    account, _, name = route.name.partition("/")
    if not re.fullmatch(r"\d{12}", account) or not name:
        hint = f". Names here begin with the account, as repositoryUri prints them: {claims.account}/{route.name}"
        raise name_unknown(route.name, claims.account, hint)
    if account != claims.account:
        arn = f"arn:aws:ecr:{claims.region}:{account}:repository/{name}"
        message = (
            f"User: {claims.principal} is not authorized to perform: {action} on resource: {arn} because no "
            f"resource-based policy allows the {action} action"
        )
        raise RegistryError("DENIED", message, status=403)
    return Where(account, claims.region, claims.principal, name)


def unsupported(route: Route) -> RegistryError:
    """A path that leads nowhere."""
    if route.kind == "catalog":
        message = "ECR lists its repositories by DescribeRepositories: aws ecr describe-repositories."
        return RegistryError("UNSUPPORTED", message, status=405)
    return RegistryError("UNSUPPORTED", "This is no path of the OCI distribution specification.", status=404)


def refusal(error: RegistryError) -> Response:
    """An error in the specification's JSON."""
    detail: dict[str, Any] = {}
    body = {"errors": [{"code": error.code, "message": error.message, "detail": detail}]}
    return JSONResponse(body, status_code=error.status, headers=CHALLENGE if error.status == 401 else None)
