"""Who signed: what botocore signs is accepted in every form it signs; all else is refused in the service's words."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st
from wire.answering import SECRETS, client

from dockyard.errors import AwsError
from dockyard.sandbox import wire
from dockyard.sandbox.signing import Secret, Signer, verify

KEY, SECRET = "AKIALEARNER", SECRETS["AKIALEARNER"].secret
SESSION = Secret(SECRET, "123456789012", "arn:aws:sts::123456789012:assumed-role/r/s", session_token="token/+=")


def judged(request: AWSRequest, *, protocol: str = "json", after: float = 0.0, secret: Secret = SECRETS[KEY]) -> Signer:
    """What verify says of a request that botocore signed, `after` so many seconds."""
    prepared = request.prepare()
    parts = urlsplit(prepared.url)
    headers = {name.lower(): _text(value) for name, value in prepared.headers.items()} | {"host": parts.netloc}
    body = prepared.body or b""
    body = body.encode() if isinstance(body, str) else body
    known = {KEY: secret}
    now = time.time() + after
    return verify(prepared.method, parts.path, parts.query, headers, body, known.get, now, protocol=protocol)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def signed(sign: type, service: str, request: AWSRequest, token: str | None = None) -> AWSRequest:
    sign(Credentials(KEY, SECRET, token), service, "eu-west-1").add_auth(request)
    return request


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
PATHS = st.lists(TEXTS, max_size=4).map(lambda parts: "/" + "/".join(quote(part, safe="-._~") for part in parts))
QUERIES = st.lists(st.tuples(TEXTS.filter(bool), TEXTS), max_size=4).map(
    lambda pairs: "&".join(f"{quote(name, safe='-._~')}={quote(value, safe='-._~')}" for name, value in pairs)
)
FORMS = [("ecs", SigV4Auth), ("ecs", SigV4QueryAuth), ("s3", S3SigV4Auth), ("s3", S3SigV4QueryAuth)]


@settings(deadline=None)
@given(form=st.sampled_from(FORMS), path=PATHS, query=QUERIES, body=st.binary(max_size=20), value=TEXTS)
def test_what_botocore_signs_is_accepted(
    form: tuple[str, type], path: str, query: str, body: bytes, value: str
) -> None:
    service, sign = form
    url = f"http://127.0.0.1:4566{path}" + (f"?{query}" if query else "")
    # AWS trims and squeezes spaces; a header's value is latin-1 on the wire
    headers = {"X-Amz-Meta-Note": f"  {value.encode('latin-1', 'ignore').decode('latin-1')}  a  b "}
    body = b"" if "Query" in sign.__name__ else body  # presigned forms take none
    signer = judged(signed(sign, service, AWSRequest("POST", url, headers, body)))
    assert (signer.access_key, signer.service, signer.region) == (KEY, service, "eu-west-1")


def test_a_session_must_show_its_token() -> None:
    def request(token: str | None, sign: type = SigV4Auth) -> AWSRequest:
        return signed(sign, "ecs", AWSRequest("POST", "http://127.0.0.1/", {}, b"" if token else b"{}"), token)

    assert judged(request("token/+="), secret=SESSION).secret is SESSION
    assert judged(request("token/+=", SigV4QueryAuth), secret=SESSION).secret is SESSION
    for token in (None, "token"):
        with pytest.raises(AwsError, match="security token included in the request is invalid"):
            judged(request(token), secret=SESSION)
    with pytest.raises(AwsError) as expired:
        judged(request("token/+="), secret=Secret(SECRET, "1", "", "token/+=", expires=time.time() - 1))
    assert expired.value.code == "ExpiredTokenException"


def _changed(change: str, service: str) -> AWSRequest:
    sign = S3SigV4Auth if service == "s3" else SigV4Auth
    request = signed(sign, service, AWSRequest("POST", "http://127.0.0.1/a?b=c", {"X-Amz-Target": "x"}, b"{}"))
    match change:
        case "body":
            request.data = b"{ }"
        case "path":
            request.url = "http://127.0.0.1/b?b=c"
        case "query":
            request.url = "http://127.0.0.1/a?b=d"
        case "header":
            request.headers.replace_header("X-Amz-Target", "y")
        case "method":
            request.method = "PUT"
        case "secret":
            request.headers.replace_header("Authorization", request.headers["Authorization"][:-4] + "0000")
    return request


@pytest.mark.parametrize(
    ("protocol", "service", "code", "status"),
    [
        ("json", "ecs", "InvalidSignatureException", 400),
        ("query", "elasticloadbalancing", "SignatureDoesNotMatch", 403),
        ("ec2", "ec2", "AuthFailure", 401),
        ("s3", "s3", "SignatureDoesNotMatch", 403),
    ],
)
def test_whatever_is_changed_after_signing_is_noticed(protocol: str, service: str, code: str, status: int) -> None:
    judged(_changed("nothing", service), protocol=protocol)
    for change in ("path", "query", "header", "method", "secret", "body"):
        with pytest.raises(AwsError) as caught:
            judged(_changed(change, service), protocol=protocol)
        other = change == "body" and service == "s3"  # S3's clients say what the body's digest is
        assert caught.value.code == ("XAmzContentSHA256Mismatch" if other else code), change
        assert caught.value.status == (400 if other else status)


@pytest.mark.parametrize(
    ("protocol", "reason", "code", "status"),
    [
        ("json", "key", "UnrecognizedClientException", 400),
        ("query", "key", "InvalidClientTokenId", 403),
        ("ec2", "key", "AuthFailure", 401),
        ("s3", "key", "InvalidAccessKeyId", 403),
        ("json", "unsigned", "MissingAuthenticationTokenException", 400),
        ("query", "unsigned", "MissingAuthenticationToken", 403),
        ("ec2", "unsigned", "MissingParameter", 400),
        ("s3", "unsigned", "AccessDenied", 403),
        ("json", "stale", "InvalidSignatureException", 400),
        ("query", "stale", "SignatureDoesNotMatch", 403),
        ("ec2", "stale", "RequestExpired", 400),
        ("s3", "stale", "RequestTimeTooSkewed", 403),
        ("json", "half", "IncompleteSignatureException", 400),
        ("query", "early", "SignatureDoesNotMatch", 403),
    ],
)
def test_a_signature_that_is_missing_unknown_or_late(protocol: str, reason: str, code: str, status: int) -> None:
    service = "s3" if protocol == "s3" else "ecs"
    request = AWSRequest("POST", "http://127.0.0.1/", {}, b"{}")
    if reason != "unsigned":
        sign = S3SigV4Auth if service == "s3" else SigV4Auth
        sign(Credentials("AKIASTRANGER" if reason == "key" else KEY, SECRET), service, "eu-west-1").add_auth(request)
    if reason == "half":
        request.headers.replace_header("Authorization", "AWS4-HMAC-SHA256 Credential=half, Signature=0")
    with pytest.raises(AwsError) as caught:
        judged(request, protocol=protocol, after={"stale": 901.0, "early": -902.0}.get(reason, 0.0))
    assert (caught.value.code, caught.value.status) == (code, status)


def test_a_stale_signature_says_by_how_much() -> None:
    request = signed(SigV4Auth, "ecs", AWSRequest("POST", "http://127.0.0.1/", {}, b"{}"))
    date = request.headers["X-Amz-Date"]
    with pytest.raises(AwsError) as caught:
        judged(request, after=1000.0)
    bound = datetime.fromtimestamp(time.time() + 1000.0 - 15 * 60, UTC)
    assert caught.value.message.startswith(f"Signature expired: {date} is now earlier than {bound:%Y%m%dT}")
    assert caught.value.message.endswith("- 15 min.)")


def test_a_presigned_url_is_good_until_it_expires() -> None:
    session = boto3.Session(KEY, SECRET, region_name="us-east-1")
    url = session.client("s3", endpoint_url="http://127.0.0.1:4566").generate_presigned_url(
        "get_object", {"Bucket": "b", "Key": "a b/ü"}, ExpiresIn=3600
    )
    if "X-Amz-Signature" not in url:  # botocore presigns us-east-1 with version 2 unless told
        config = boto3.session.Config(signature_version="s3v4")
        s3 = session.client("s3", endpoint_url="http://127.0.0.1:4566", config=config)
        url = s3.generate_presigned_url("get_object", {"Bucket": "b", "Key": "a b/ü"}, ExpiresIn=3600)
    assert judged(AWSRequest("GET", url), protocol="s3", after=3000.0).service == "s3"
    with pytest.raises(AwsError):
        judged(AWSRequest("GET", url), protocol="s3", after=3700.0)
    with pytest.raises(AwsError):
        judged(AWSRequest("GET", url + "&versionId=other"), protocol="s3")


def test_a_client_with_the_wrong_secret_is_refused_as_aws_does() -> None:
    for service, operation, code in [
        ("ecs", "list_clusters", "InvalidSignatureException"),
        ("elbv2", "describe_load_balancers", "SignatureDoesNotMatch"),
        ("cloudwatch", "describe_alarms", "InvalidSignatureException"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("s3", "list_buckets", "SignatureDoesNotMatch"),
    ]:
        stranger = client(service, wire.read, aws_secret_access_key="another secret")
        with pytest.raises(stranger.exceptions.ClientError) as caught:
            getattr(stranger, operation)()
        assert caught.value.response["Error"]["Code"] == code
