"""Trying a blueprint: one task of it started and watched, the end of its log read, a change tried.

Knows nothing about what a blueprint should say.
"""

import json

import boto3
from botocore.exceptions import ParamValidationError

#: What describe_task_definition answers and register_task_definition takes.
KEPT = {"family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions",
        "volumes", "requiresCompatibilities", "cpu", "memory", "runtimePlatform"}  # fmt: skip


class Tries:
    """Tasks in a cluster of their own, in two subnets of the account's network."""

    def __init__(self, lab, values):
        self.lab, self.family, self.name = lab, values["family"], values["name"]
        self.ecs = boto3.client("ecs")
        own = [{"Name": "default-for-az", "Values": ["true"]}]
        found = boto3.client("ec2").describe_subnets(Filters=own)["Subnets"]
        self.subnets = sorted(one["SubnetId"] for one in found)[:2]
        self.cluster = f"{self.name}-try"
        self.ecs.create_cluster(clusterName=self.cluster)

    def blueprint(self, family=None):
        """The newest revision (of yours) as RegisterTaskDefinition takes it; None where there is none."""
        try:
            told = self.ecs.describe_task_definition(taskDefinition=family or self.family)["taskDefinition"]
        except self.ecs.exceptions.ClientException:
            return None
        return {name: value for name, value in told.items() if name in KEPT}

    def run(self, definition, public=True):
        """One task, as it was when it was RUNNING (then it is stopped) or when it had died."""
        place = {"subnets": self.subnets, "assignPublicIp": "ENABLED" if public else "DISABLED"}
        started = self.ecs.run_task(
            cluster=self.cluster, taskDefinition=definition, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": place},
        )  # fmt: skip
        arn = started["tasks"][0]["taskArn"]

        def task():
            return self.ecs.describe_tasks(cluster=self.cluster, tasks=[arn])["tasks"][0]

        self.lab.wait(lambda: task()["lastStatus"] in ("RUNNING", "STOPPED"))
        ended = task()
        if ended["lastStatus"] == "RUNNING":
            self.lab.wait(60)  # let it print something
            self.ecs.stop_task(cluster=self.cluster, task=arn, reason="seen enough")
        return ended

    def last_line(self, task):
        """The last line in a task's log, "" where it wrote none."""
        told = self.ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
        (container,) = told["containerDefinitions"]
        options = container["logConfiguration"]["options"]
        number = task["taskArn"].split("/")[-1]
        stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{number}"
        try:
            events = boto3.client("logs").filter_log_events(
                logGroupName=options["awslogs-group"], logStreamNames=[stream]
            )["events"]
        except Exception:  # no such group
            return ""
        return events[-1]["message"] if events else ""

    def spoil(self, **changes):
        """Register your blueprint with changes (None: left out), under another name; True if accepted."""
        spoiled = {**self.blueprint(), "family": f"{self.name}-spoiled", **changes}
        document = {name: value for name, value in spoiled.items() if value is not None}
        try:
            arn = self.ecs.register_task_definition(**document)["taskDefinition"]["taskDefinitionArn"]
        except ParamValidationError as error:
            print("stopped by boto3, ECS never saw it:", str(error).splitlines()[-1])
            return False
        except Exception as error:
            print("refused: ", error)
            return False
        self.ecs.deregister_task_definition(taskDefinition=arn)
        print("accepted:", json.dumps(changes)[:140])
        return True
