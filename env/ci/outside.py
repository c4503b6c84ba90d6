"""Calls of a learner that LocalStack answers, made in their container; and that another account sees none of it."""

import contextlib
import os

import boto3

s3, ssm, secrets = boto3.client("s3"), boto3.client("ssm"), boto3.client("secretsmanager")
account = boto3.client("sts").get_caller_identity()["Account"]
s3.create_bucket(Bucket="models")
s3.put_object(Bucket="models", Key="model.bin", Body=b"weights" * 50_000)
assert s3.get_object(Bucket="models", Key="model.bin")["Body"].read() == b"weights" * 50_000
ssm.put_parameter(Name="/credit/threshold", Value="0.5", Type="SecureString")
assert ssm.get_parameter(Name="/credit/threshold", WithDecryption=True)["Parameter"]["Value"] == "0.5"
assert f":{account}:" in secrets.create_secret(Name="db", SecretString="pass")["ARN"]
assert secrets.get_secret_value(SecretId="db")["SecretString"] == "pass"
queues = boto3.client("sqs")
queue = queues.create_queue(QueueName="jobs")["QueueUrl"]
queues.send_message(QueueUrl=queue, MessageBody="one")
assert [one["Body"] for one in queues.receive_message(QueueUrl=queue)["Messages"]] == ["one"]
assert boto3.client("sns").create_topic(Name="alarms")["TopicArn"].endswith(f":{account}:alarms")
assert boto3.client("lambda").list_functions()["Functions"] == []
with contextlib.suppress(s3.exceptions.NoSuchKey):
    s3.get_object(Bucket="models", Key="none")
    raise SystemExit("an object that is not there was answered")
# Asked directly, as nobody but the sandbox does: LocalStack keeps accounts apart by their key.
other = {"aws_access_key_id": "111111111111", "aws_secret_access_key": "test", "endpoint_url": "http://localstack:4566"}
os.environ["no_proxy"] += ",localstack"
assert boto3.client("sqs", **other).list_queues().get("QueueUrls", []) == []
