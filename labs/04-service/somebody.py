"""Somebody who tidies up: what is changed in *now break it*. Do not read on before you have answered.

Knows nothing about why the change is a bad one.
"""

import boto3
from looks import groups_of


def tidy_up(values):
    """Take the rules of the tasks' group away; what is answered gives them back when it is called."""
    ec2 = boto3.client("ec2")
    _, inside = groups_of(values)
    (group,) = ec2.describe_security_groups(GroupIds=[inside])["SecurityGroups"]
    rules = {"GroupId": group["GroupId"], "IpPermissions": group["IpPermissions"]}
    ec2.revoke_security_group_ingress(**rules)
    return lambda: ec2.authorize_security_group_ingress(**rules)
