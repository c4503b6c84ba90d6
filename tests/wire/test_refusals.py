"""Bad input: one clear sentence each, with AWS's code, in the protocol of the request."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from botocore.exceptions import ClientError
from wire.answering import REQUEST_ID, client

from dockyard.errors import AwsError
from dockyard.sandbox import wire


def refused(service: str, operation: str, request: dict[str, Any], answers: Any = wire.read, **named: Any) -> dict:
    with pytest.raises(ClientError) as caught:
        getattr(client(service, answers, check=False, **named), operation)(**request)
    return caught.value.response


@pytest.mark.parametrize(
    ("service", "operation", "request_", "code", "message"),
    [
        (
            "ecs", "describe_services", {}, "InvalidParameterException",
            "1 validation error detected: Value null at 'services' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            "ecs", "create_service", {"serviceName": "s", "launchType": "FARGAT"}, "InvalidParameterException",
            "1 validation error detected: Value 'FARGAT' at 'launchType' failed to satisfy constraint: "
            "Member must satisfy enum value set: [EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES]",
        ),
        (
            "ecs", "create_cluster", {"settings": [{"value": "enabled"}]}, "InvalidParameterException",
            "Value null at 'settings.1.member.name' failed to satisfy constraint: Member must not be null",
        ),
        (
            "elbv2", "set_rule_priorities", {"RulePriorities": [{"RuleArn": "r"}]}, "ValidationError",
            "Value null at 'rulePriorities.1.member.priority' failed to satisfy constraint: Member must not be null",
        ),
        (
            "ecs", "register_task_definition", {"family": "f", "containerDefinitions": [], "networkMode": "aws"},
            "ClientException",
            "1 validation error detected: Value 'aws' at 'networkMode' failed to satisfy constraint: "
            "Member must satisfy enum value set: [bridge, host, awsvpc, none]",
        ),
        (
            "ecr", "create_repository", {"repositoryName": "Flask"}, "InvalidParameterException",
            "1 validation error detected: Value 'Flask' at 'repositoryName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [a-z0-9]+(",
        ),
        (
            "application-autoscaling", "register_scalable_target",
            {"ServiceNamespace": "ecs", "ResourceId": "service/c/s", "ScalableDimension": "ecs:service:Desired"},
            "ValidationException", "Value 'ecs:service:Desired' at 'scalableDimension' failed to satisfy constraint",
        ),
        (
            "elbv2", "create_target_group", {"Name": "t", "Port": 70000}, "ValidationError",
            "1 validation error detected: Value '70000' at 'port' failed to satisfy constraint: "
            "Member must have value less than or equal to 65535",
        ),
        (
            "cloudwatch", "put_metric_data", {"Namespace": "n", "MetricData": [{"Value": 1.0}]}, "ValidationError",
            "1 validation error detected: Value null at 'metricData.1.member.metricName' failed to satisfy constraint: "
            "Member must not be null",
        ),
        ("logs", "create_log_group", {"logGroupName": "a b"}, "InvalidParameterException", "at 'logGroupName'"),
        ("ecs", "list_services", {"maxResults": "many"}, "SerializationException",
         "STRING_VALUE can not be converted to an Integer: the member 'maxResults'"),
        ("elbv2", "describe_rules", {"PageSize": "many"}, "ValidationError", "Value 'many' at 'PageSize'"),
    ],
)  # fmt: skip
def test_a_value_the_model_does_not_allow(
    service: str, operation: str, request_: dict[str, Any], code: str, message: str
) -> None:
    response = refused(service, operation, request_)
    assert response["Error"]["Code"] == code
    assert message in response["Error"]["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["ResponseMetadata"]["RequestId"] == REQUEST_ID


def test_two_mistakes_are_told_at_once() -> None:
    message = refused("ecr", "put_image", {"imageTag": ""})["Error"]["Message"]
    assert message.startswith("3 validation errors detected: ")
    assert "'repositoryName'" in message
    assert "'imageManifest'" in message


@pytest.mark.parametrize("protocol", ["json", "query", "smithy-rpc-v2-cbor"])
def test_cloudwatch_refuses_in_the_protocol_it_was_asked_in(protocol: str) -> None:
    def missing(call: wire.Call) -> dict[str, Any]:
        wire.read(call)
        raise AwsError("ResourceNotFound", "No alarm <a> & no ü.")

    response = refused("cloudwatch", "enable_alarm_actions", {"AlarmNames": ["a"]}, missing, protocol=protocol)
    if protocol == "smithy-rpc-v2-cbor":
        assert response["Error"]["Code"] == "UnknownOperationException"
        assert "does not speak CBOR" in response["Error"]["Message"]
        return
    assert response["Error"]["Code"] == "ResourceNotFound"
    assert response["Error"]["Message"] == "No alarm <a> & no ü."
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404  # as the model has it


def _json(target: str, body: bytes = b"{}", **headers: str) -> wire.Call:
    named = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target} | headers
    return wire.recognise("POST", "/", "", named, body)


ECS = "AmazonEC2ContainerServiceV20141113"


@pytest.mark.parametrize(
    ("call", "code", "said"),
    [
        (_json(f"{ECS}.ListClusters", b'{"maxResults": '), "SerializationException", "not JSON"),
        (_json(f"{ECS}.ListClusters", b"\xff\xfe\xfd"), "SerializationException", "not JSON"),
        (_json(f"{ECS}.ListClusters", b'["a"]'), "SerializationException", "START_ARRAY, not a JSON object"),
        (_json(f"{ECS}.ListCluster"), "UnknownOperationException", "Did you mean ListClusters?"),
        (_json("Kinesis_20131202.ListStreams"), "UnknownOperationException", "does not offer Kinesis_20131202 yet"),
        (_json(f"{ECS}.ListClusters", b"{}", **{"content-encoding": "gzip"}), "SerializationException", "not gzip"),
        (
            _json(f"{ECS}.ListClusters", gzip.compress(bytes(20_000_000)), **{"content-encoding": "gzip"}),
            "RequestEntityTooLarge", "16 MiB",
        ),
    ],
)  # fmt: skip
def test_a_json_request_that_cannot_be_read(call: wire.Call, code: str, said: str) -> None:
    with pytest.raises(AwsError, match=code and said) as caught:
        wire.read(call)
    assert caught.value.code == code
    assert f'"__type": "{code}"' in wire.refuse(call, caught.value, REQUEST_ID).body.decode()


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("Version=2015-12-01", "MissingAction", "parameter Action"),
        ("Action=DescribeLoadBalancer&Version=2015-12-01", "InvalidAction", "Did you mean DescribeLoadBalancers?"),
        ("Action=DescribeLoadBalancers&Version=2012-06-01", "InvalidAction", "offers elbv2 in version 2015-12-01"),
        ("Action=CreateListener&Version=2015-12-01&DefaultActions.member.x=1", "ValidationError", "a List"),
        ("Action=CreateListener&Version=2015-12-01&Port.member.1=1", "ValidationError", "a structure"),
    ],
)
def test_a_query_request_that_cannot_be_read(body: str, code: str, said: str) -> None:
    scope = "AWS4-HMAC-SHA256 Credential=A/20270115/us-east-1/elasticloadbalancing/aws4_request, SignedHeaders=host"
    headers = {"content-type": "application/x-www-form-urlencoded", "authorization": scope}
    call = wire.recognise("POST", "/", "", headers, body.encode())
    with pytest.raises(AwsError, match=said) as caught:
        wire.read(call)
    answer = wire.refuse(call, caught.value, REQUEST_ID).body.decode()
    assert f"<Error><Type>Sender</Type><Code>{code}</Code>" in answer


def test_a_service_nobody_offers_is_refused_with_a_sentence() -> None:
    for service, operation, request in [
        ("sagemaker", "list_models", {}),
        ("sqs", "list_queues", {}),
        ("lambda", "list_functions", {}),
        ("sns", "list_topics", {}),
        ("autoscaling", "describe_auto_scaling_groups", {}),
    ]:
        error = refused(service, operation, request)["Error"]
        assert error["Code"] in ("UnknownOperationException", "InvalidAction")
        assert f"Dockyard does not offer {service} yet" in error["Message"]


def test_every_neighbour_is_refused_in_its_own_protocol() -> None:
    def shut(call: wire.Call) -> dict[str, Any]:
        raise AwsError("AccessDenied", f"{call.operation} is shut.", status=403)

    for service, operation, request, named in [
        ("ec2", "describe_vpcs", {}, "DescribeVpcs"),
        ("iam", "list_roles", {}, "ListRoles"),
        ("sts", "get_caller_identity", {}, "GetCallerIdentity"),
        ("secretsmanager", "list_secrets", {}, "ListSecrets"),
        ("s3", "put_object", {"Bucket": "bucket", "Key": "a key/ü", "Body": b"x"}, "PutObject"),
        ("s3", "get_bucket_location", {"Bucket": "bucket"}, "GetBucketLocation"),
        ("s3", "delete_objects", {"Bucket": "bucket", "Delete": {"Objects": []}}, "DeleteObjects"),
        ("s3", "list_objects_v2", {"Bucket": "bucket", "Prefix": "a"}, "ListObjectsV2"),
        ("s3", "list_buckets", {}, "ListBuckets"),
    ]:
        response = refused(service, operation, request, shut)
        assert response["Error"]["Code"] == "AccessDenied"
        assert response["Error"]["Message"] == f"{named} is shut."
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_null_means_absent_and_unknown_members_are_passed_over() -> None:
    call = _json(f"{ECS}.ListServices", b'{"cluster": null, "launchType": "FARGATE", "new": {"to": "us"}}')
    assert wire.read(call) == {"launchType": "FARGATE"}
