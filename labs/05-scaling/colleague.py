"""A colleague's script, as *now break it* runs it. Do not read on before you have found out what it changes.

Knows nothing about scaling: it was written before the service scaled.
"""

import boto3


def script(values):
    """Roll the release out again, as on the first day."""
    boto3.client("ecs").update_service(
        cluster=values["cluster"], service=values["service"], forceNewDeployment=True, desiredCount=2
    )
