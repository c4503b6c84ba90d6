"""How each family of services words the refusal of a signature.

Knows nothing about signatures. https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from dockyard.errors import AwsError

Reason = Literal[
    "unsigned", "incomplete", "unknown key", "expired token", "wrong signature", "other body", "stale", "early"
]

_UNKNOWN_KEY = "The security token included in the request is invalid."
_EXPIRED_TOKEN = "The security token included in the request is expired"
_WRONG = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
_INCOMPLETE = (
    "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
    "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a "
    "'X-Amz-Date' or a 'Date' header."
)
_OTHER_BODY = "The provided 'x-amz-content-sha256' header does not match what was computed."
_SKEWED = "The difference between the request time and the current time is too large."
_NOT_VALIDATED = "AWS was not able to validate the provided access credentials"

_JSON: dict[Reason, tuple[str, str, int]] = {
    "unsigned": ("MissingAuthenticationTokenException", "Missing Authentication Token", 400),
    "incomplete": ("IncompleteSignatureException", _INCOMPLETE, 400),
    "unknown key": ("UnrecognizedClientException", _UNKNOWN_KEY, 400),
    "expired token": ("ExpiredTokenException", _EXPIRED_TOKEN, 400),
    "wrong signature": ("InvalidSignatureException", _WRONG, 400),
    "other body": ("InvalidSignatureException", _WRONG, 400),
    "stale": ("InvalidSignatureException", "Signature expired: ", 400),
    "early": ("InvalidSignatureException", "Signature not yet current: ", 400),
}
_QUERY: dict[Reason, tuple[str, str, int]] = {
    "unsigned": ("MissingAuthenticationToken", "Request is missing Authentication Token", 403),
    "incomplete": ("IncompleteSignature", _INCOMPLETE, 400),
    "unknown key": ("InvalidClientTokenId", _UNKNOWN_KEY, 403),
    "expired token": ("ExpiredToken", _EXPIRED_TOKEN, 403),
    "wrong signature": ("SignatureDoesNotMatch", _WRONG, 403),
    "other body": ("SignatureDoesNotMatch", _WRONG, 403),
    "stale": ("SignatureDoesNotMatch", "Signature expired: ", 403),
    "early": ("SignatureDoesNotMatch", "Signature not yet current: ", 403),
}
_EC2: dict[Reason, tuple[str, str, int]] = {
    "unsigned": ("MissingParameter", "The request must contain the parameter AWSAccessKeyId", 400),
    "incomplete": ("AuthFailure", _NOT_VALIDATED, 401),
    "unknown key": ("AuthFailure", _NOT_VALIDATED, 401),
    "expired token": ("RequestExpired", "Request has expired.", 400),
    "wrong signature": ("AuthFailure", _NOT_VALIDATED, 401),
    "other body": ("AuthFailure", _NOT_VALIDATED, 401),
    "stale": ("RequestExpired", "Request has expired.", 400),
    "early": ("AuthFailure", _NOT_VALIDATED, 401),
}
_S3: dict[Reason, tuple[str, str, int]] = {
    "unsigned": ("AccessDenied", "Access Denied", 403),
    "incomplete": ("AuthorizationHeaderMalformed", "The authorization header that you provided is not valid.", 400),
    "unknown key": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
    "expired token": ("ExpiredToken", "The provided token has expired.", 400),
    "wrong signature": ("SignatureDoesNotMatch", _WRONG.partition(" Consult")[0], 403),
    "other body": ("XAmzContentSHA256Mismatch", _OTHER_BODY, 400),
    "stale": ("RequestTimeTooSkewed", _SKEWED, 403),
    "early": ("RequestTimeTooSkewed", _SKEWED, 403),
}
_FAMILIES = {"query": _QUERY, "ec2": _EC2, "s3": _S3}


def refusal(protocol: str, reason: Reason, detail: str = "", wall_now: float = 0.0) -> AwsError:
    """The refusal of a signature for this reason in a protocol's words; `detail` says how dates compare (`stale`)."""
    code, message, status = _FAMILIES.get(protocol, _JSON)[reason]
    if detail and message.endswith(": "):
        sign = "-" if reason == "stale" else "+"
        message += f"{detail} ({datetime.fromtimestamp(wall_now, UTC):%Y%m%dT%H%M%SZ} {sign} 15 min.)"
    return AwsError(code, message, status=status)
