"""The night of the story: one task, started by hand, and nobody who looks.

Knows nothing about services: there is none yet.
"""

import boto3

#: From 03:12 to 08:40, in seconds.
NOBODY_LOOKS = (5 * 60 + 28) * 60


def night(lab, values):
    """A task of the blueprint runs and dies at 03:12; who calls at 08:40 finds nothing in its place."""
    ecs, cluster = boto3.client("ecs"), f"{values['name']}-night"
    known = ecs.list_task_definition_families(familyPrefix=values["family"], status="ACTIVE")["families"]
    if values["family"] not in known:
        print("Come back here when lab 3 is done, or begin from the opening state.")
        return
    if any(ecs.list_services(cluster=arn)["serviceArns"] for arn in ecs.list_clusters()["clusterArns"]):
        print("It is over: a service looks after your tasks now.")
        return
    own = [{"Name": "default-for-az", "Values": ["true"]}]
    subnet = boto3.client("ec2").describe_subnets(Filters=own)["Subnets"][0]["SubnetId"]
    place = {"subnets": [subnet], "assignPublicIp": "ENABLED"}
    ecs.create_cluster(clusterName=cluster)
    (task,) = ecs.run_task(
        cluster=cluster, taskDefinition=values["family"], launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": place},
    )["tasks"]  # fmt: skip

    def status():
        return ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"][0]["lastStatus"]

    lab.wait(lambda: status() in ("RUNNING", "STOPPED"))
    print("23:00  the only task:", status())
    ecs.stop_task(cluster=cluster, task=task["taskArn"], reason="it is 03:12")
    lab.wait(lambda: status() == "STOPPED")
    print("03:12  the only task:", status())
    lab.advance(NOBODY_LOOKS)
    print("08:40  the first customer calls. Tasks that run:", len(ecs.list_tasks(cluster=cluster)["taskArns"]))
    ecs.delete_cluster(cluster=cluster)
