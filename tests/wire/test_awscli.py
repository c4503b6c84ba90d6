"""The AWS CLI as a client, through a socket: JSON and query, an answer and a refusal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from wire.answering import serving

from dockyard.errors import AwsError
from dockyard.sandbox import wire


def aws(url: str, *arguments: str) -> tuple[int, str, str]:
    """Run the CLI as a learner would, with no configuration of this machine's."""
    environment = {
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "AKIALEARNER", "AWS_SECRET_ACCESS_KEY": "the secret",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true", "PATH": str(Path(sys.executable).parent), "LANG": "C.UTF-8",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "awscli", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def answers(call: wire.Call) -> dict[str, Any]:
    request = wire.read(call)
    match call.operation:
        case "DescribeAlarms":
            alarm = {"AlarmName": request["AlarmNames"][0], "StateUpdatedTimestamp": 1_800_000_000.0, "Threshold": 70.0}
            return {"MetricAlarms": [alarm], "CompositeAlarms": []}
        case "DescribeTargetGroups":
            return {"TargetGroups": [{"TargetGroupName": name, "Port": 80} for name in request["Names"]]}
    raise AwsError("ClusterNotFoundException", "Cluster not found.")


def test_the_cli_asks_and_is_answered() -> None:
    with serving(answers) as url:
        code, out, err = aws(url, "cloudwatch", "describe-alarms", "--alarm-names", "high")
        assert (code, err) == (0, "")
        alarm = json.loads(out)["MetricAlarms"][0]
        assert alarm["AlarmName"] == "high"
        assert alarm["StateUpdatedTimestamp"] == 1_800_000_000.0

        code, out, err = aws(url, "elbv2", "describe-target-groups", "--names", "one", "two")
        assert (code, err) == (0, "")
        assert [one["TargetGroupName"] for one in json.loads(out)["TargetGroups"]] == ["one", "two"]

        code, out, err = aws(url, "ecs", "list-services", "--cluster", "c")
        assert code != 0
        assert "(ClusterNotFoundException) when calling the ListServices operation: Cluster not found." in err
