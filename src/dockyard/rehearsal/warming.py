"""What boto3's clients are made of, loaded once for all learners that are forked from this process.

Knows nothing about cells. No variable and no file of AWS's is read here: each learner reads its own.
"""

from __future__ import annotations

import boto3
import botocore.session

__all__ = ["warm"]

_SERVICES = ("application-autoscaling", "cloudwatch", "ec2", "ecr", "ecs", "elbv2", "iam", "logs", "sts")


def warm() -> None:
    """Let `boto3.client` find the models of these services read: a quarter of a second, else spent in each fork."""
    read = botocore.session.Session()
    for service in _SERVICES:
        read.create_client(
            service, region_name="us-east-1", aws_access_key_id="nobody", aws_secret_access_key="nobody",
            endpoint_url="http://127.0.0.1:9",
        )  # fmt: skip
    fresh = botocore.session.Session()
    fresh.register_component("data_loader", read.get_component("data_loader"))
    boto3.setup_default_session(botocore_session=fresh)
