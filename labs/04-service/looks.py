"""Ways to look at a service and its balancer: what ECS says, which tasks there are, what became of requests.

Knows nothing about what should be: it finds things by the lab's names, groups and door by what they do, too.
"""

import re
from datetime import datetime, timedelta

import boto3

EVERY, LOOKS = 15, 60  # the cloud's seconds between two looks, and how many looks at most
REPORTS = 210
#: What describe_task_definition answers and register_task_definition takes.
KEPT = (
    "family", "taskRoleArn", "executionRoleArn", "networkMode", "requiresCompatibilities", "cpu", "memory",
    "runtimePlatform",
)  # fmt: skip


def groups_of(values):
    """The ids of the front and the inside group, None for one that is not there: by name, else by whom it lets in."""
    there = boto3.client("ec2").describe_security_groups()["SecurityGroups"]
    own = [one for one in there if one["GroupName"] != "default"]

    def found(name, source):
        named = [one["GroupId"] for one in own if one["GroupName"] == name]
        return next(iter(named or [one["GroupId"] for one in own if source in sources(one)]), None)

    front = found(f"{values['name']}-front", "0.0.0.0/0")
    return front, found(f"{values['name']}-inside", front)


def sources(group):
    """Whom a group's rules let in: ranges of addresses and groups."""
    for rule in group["IpPermissions"]:
        yield from (one["CidrIp"] for one in rule.get("IpRanges", []))
        yield from (one["GroupId"] for one in rule.get("UserIdGroupPairs", []))


def door_of(values):
    """The balancer and the target group behind it, None for one that is not there: by name, else what there is."""
    elbv2 = boto3.client("elbv2")
    there = elbv2.describe_load_balancers()["LoadBalancers"]
    named = [one for one in there if one["LoadBalancerName"] == f"{values['name']}-front"]
    balancer = next(iter(named or there), None)
    groups = elbv2.describe_target_groups()["TargetGroups"]
    behind = [one for one in groups if balancer and balancer["LoadBalancerArn"] in one["LoadBalancerArns"]]
    named = [one for one in behind or groups if one["TargetGroupName"] == f"{values['name']}-tasks"]
    return balancer, next(iter(named or behind), None)


class Looks:
    """They look at the service, and let the cloud's time pass until something has come."""

    def __init__(self, lab, values):
        self.lab, self.values = lab, values
        self.cluster, self.service = values["cluster"], values["service"]
        self.ecs, self.elbv2 = boto3.client("ecs"), boto3.client("elbv2")

    def moment(self):
        """The simulated time."""
        return datetime.fromisoformat(self.lab.now())

    def balancer(self):
        """The balancer, as describe_load_balancers answers it; None where there is none."""
        return door_of(self.values)[0]

    def the_service(self):
        """What ECS says about the service; {} where there is none."""
        cluster = self.ecs.describe_clusters(clusters=[self.cluster])["clusters"]
        if not cluster or cluster[0]["status"] != "ACTIVE":
            return {}
        told = self.ecs.describe_services(cluster=self.cluster, services=[self.service])["services"]
        return told[0] if told and told[0]["status"] == "ACTIVE" else {}

    def tasks(self):
        """The tasks that shall run."""
        return self.ecs.list_tasks(cluster=self.cluster, serviceName=self.service)["taskArns"]

    def serving(self):
        """Whether a task runs behind the balancer."""
        return self.balancer() is not None and self.the_service().get("runningCount", 0) > 0

    def healthy(self):
        """How many targets are healthy."""
        group = door_of(self.values)[1]
        told = self.elbv2.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
        return sum(one["TargetHealth"]["State"] == "healthy" for one in told)

    def drained(self, since):
        """Seconds that each task told to stop since a moment took to go; waits at most 15 of the cloud's minutes."""
        for _ in range(LOOKS):
            gone = self.ecs.list_tasks(cluster=self.cluster, serviceName=self.service, desiredStatus="STOPPED")
            told = [self.ecs.describe_tasks(cluster=self.cluster, tasks=[one])["tasks"][0] for one in gone["taskArns"]]
            left = [one for one in told if one["stoppingAt"] >= since]
            if all("stoppedAt" in one for one in left):
                break
            self.lab.advance(EVERY)
        return [round((one["stoppedAt"] - one["stoppingAt"]).total_seconds()) for one in left if "stoppedAt" in one]

    def wait_until_steady(self):
        """Wait until what runs is what is wanted, at most 15 of the cloud's minutes."""
        for _ in range(LOOKS):
            now = self.the_service()
            deployments, state = now["deployments"], now["deployments"][0]["rolloutState"]
            there = now["runningCount"] == now["desiredCount"] and now["pendingCount"] == 0
            if state == "FAILED" or (len(deployments) == 1 and state == "COMPLETED" and there):
                break
            self.lab.advance(EVERY)
        print(f"{self.lab.now()[11:19]}: {now['runningCount']} tasks run; the rollout is {state}.")

    def wait_until_active(self):
        """Let time pass until the balancer's address leads to it: AWS needs minutes to make one."""
        while self.balancer()["State"]["Code"] != "active":
            self.lab.advance(EVERY)

    def events(self, most=12, since=None, about=("",), until=None):
        """The service's own words, newest first, without long names: since and until a moment, about something."""
        found = [one for one in self.the_service().get("events", []) if not since or one["createdAt"] >= since]
        found = [one for one in found if not until or one["createdAt"] <= until]
        for one in [one for one in found if any(word in one["message"] for word in about)][:most]:
            short = re.sub(r"ecs-svc/|^\(service \S+\) | in \(target-group [^)]*\)", "", one["message"])
            print(f"  {one['createdAt']:%H:%M:%S}", re.sub(r"\b([0-9a-f]{6})[0-9a-f]{10,}\b", r"\1…", short))
        return [one["message"] for one in found]

    def counted(self, metric, since):
        """The sum of one of the balancer's metrics since a moment."""
        points = boto3.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApplicationELB",
            MetricName=metric,
            Dimensions=[
                {"Name": "LoadBalancer", "Value": self.balancer()["LoadBalancerArn"].split("loadbalancer/")[1]}
            ],
            StartTime=since,
            EndTime=self.moment() + timedelta(seconds=1),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return round(sum(one["Sum"] for one in points))

    def release_under_reports(self):
        """Roll the same release out again while every other second a report is asked for."""
        start = self.moment()
        name, lasts = self.balancer()["LoadBalancerName"], float(self.values["report"])
        self.lab.traffic(name, 0.5, seconds=2 * REPORTS, lasts=lasts)
        self.lab.advance(60)
        began = self.moment()
        self.ecs.update_service(cluster=self.cluster, service=self.service, forceNewDeployment=True)
        self.lab.advance(480)
        done = [one for one in self.the_service()["events"] if "deployment completed" in one["message"]]
        took = (done[0]["createdAt"] - began).total_seconds() if done else -1
        print(self.counted("HTTPCode_ELB_5XX_Count", start), f"of {REPORTS} reports were lost; the release",
              f"took {took:.0f} s." if took > 0 else "is not over yet.")  # fmt: skip
