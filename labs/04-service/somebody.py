"""Somebody who tidies up: what is changed in *now break it*. Do not read on before you have written down your guess.

Knows nothing about why the change is a bad one.
"""

import boto3


def tidy_up(values):
    """Take the rules of the tasks' group away; what is answered gives them back when it is called."""
    ec2 = boto3.client("ec2")
    named = [{"Name": "group-name", "Values": [f"{values['name']}-inside"]}]
    (group,) = ec2.describe_security_groups(Filters=named)["SecurityGroups"]
    rules = {"GroupId": group["GroupId"], "IpPermissions": group["IpPermissions"]}
    ec2.revoke_security_group_ingress(**rules)
    return lambda: ec2.authorize_security_group_ingress(**rules)
