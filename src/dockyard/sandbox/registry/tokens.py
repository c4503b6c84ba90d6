"""Tokens: the passwords that ECR gives to `docker login`, signed, good for 12 hours of the wall clock.

Knows nothing about repositories. Nothing is kept: a token says itself whose it is and until when, and the signature
proves that we said so. https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Any

from dockyard.errors import RegistryError

USER = "AWS"
LIFE_SECONDS = 12 * 3600.0


@dataclass(slots=True, frozen=True)
class Claims:
    """What a token says: whose registry, which region's, who asked for it; moments in wall-clock seconds since 1970."""

    account: str
    region: str
    principal: str
    issued: float
    expires: float


class Tokens:
    """Makes and judges tokens with a secret key that outlives the process."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, account: str, region: str, principal_arn: str, wall_now: float) -> tuple[str, float]:
        """A token as GetAuthorizationToken gives it, base64 of `AWS:PASSWORD`, and the moment it expires."""
        claims = Claims(account, region, principal_arn, wall_now, wall_now + LIFE_SECONDS)
        content = json.dumps(asdict(claims), separators=(",", ":"))
        password = base64.b64encode(f"{content}.{self._signature(content)}".encode()).decode()
        return base64.b64encode(f"{USER}:{password}".encode()).decode(), claims.expires

    def check(self, token: str, wall_now: float) -> Claims:
        """The claims of a token. Raises RegistryError: 400 for what is no token of ours, 403 for an expired one.

        AWS answers 400 to a garbled token and to one of another region, and not 401
        (https://github.com/aws/aws-cli/issues/5317).
        """
        try:
            user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
            content, _, signature = base64.b64decode(password, validate=True).decode().rpartition(".")
        except (binascii.Error, ValueError):
            raise _garbled() from None
        if user != USER or not hmac.compare_digest(signature.encode(), self._signature(content).encode()):
            raise _garbled()
        claims = Claims(**json.loads(content))
        if claims.expires <= wall_now:
            expired = "Your authorization token has expired. Reauthenticate and try again."
            raise RegistryError("DENIED", expired, status=403)
        return claims

    def _signature(self, content: str) -> str:
        return hmac.new(self._secret, content.encode(), hashlib.sha256).hexdigest()


def authorization_token(
    tokens: Tokens, account: str, region: str, principal_arn: str, registry: str, wall_now: float
) -> dict[str, Any]:
    """The response of GetAuthorizationToken; `registry` is the host and port in the account's repository URIs.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
    """
    token, expires = tokens.issue(account, region, principal_arn, wall_now)
    data = {"authorizationToken": token, "expiresAt": expires, "proxyEndpoint": f"http://{registry}"}
    return {"authorizationData": [data]}


def _garbled() -> RegistryError:
    message = (
        f"The user must be {USER} and the password a token of this registry: aws ecr get-login-password prints one."
    )
    return RegistryError("UNAUTHORIZED", message, status=400)
