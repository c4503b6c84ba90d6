"""Gauges for a service behind a balancer, minute by minute: how busy it is, how many tasks it has, what failed.

Knows nothing about limits, alarms' rules and policies: those are yours. (To compare, it brings one of its own.)
"""

from contextlib import contextmanager
from datetime import datetime, timedelta

import boto3

FEWEST, QUIET, TWO_HOURS = 2, 10, 120  # tasks and percent of CPU when it is calm; minutes
CPU_MS, DOLLARS = 20, 0.0544  # of a request; an hour of a task of 1 vCPU and 2 GB, with its address


class Gauges:
    """They read the metrics of the lab's service and of its balancer; `front` is the balancer's name, None without."""

    def __init__(self, lab, values):
        self.lab, self.here = lab, {"cluster": values["cluster"], "serviceName": values["service"]}
        self.named = {"cluster": values["cluster"], "services": [values["service"]]}
        self.load = float(values["noon"])
        self.ecs, self.cloudwatch = boto3.client("ecs"), boto3.client("cloudwatch")
        self.scaling = boto3.client("application-autoscaling")
        there = boto3.client("elbv2").describe_load_balancers()["LoadBalancers"]
        mine = [one for one in there if one["LoadBalancerName"] == f"{values['name']}-front"] or there
        self.front = mine[0]["LoadBalancerName"] if mine else None
        self.arn = mine[0]["LoadBalancerArn"] if mine else None

    def metric(self, namespace, name, statistic, dimensions, since):
        """The datapoints of a metric since a moment, a minute each, oldest first."""
        points = self.cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Statistics=[statistic],
            Period=60,
            Dimensions=[{"Name": one, "Value": value} for one, value in dimensions.items()],
            StartTime=since,
            EndTime=self.moment() + timedelta(seconds=1),
        )["Datapoints"]
        return [one[statistic] for one in sorted(points, key=lambda one: one["Timestamp"])]

    def moment(self):
        """The simulated time."""
        return datetime.fromisoformat(self.lab.now())

    def next_minute(self):
        """Let time pass until the next whole minute begins; its moment."""
        self.lab.advance(60 - self.moment().timestamp() % 60)
        return self.moment()

    def busy(self):
        """The CPU of the last whole minute, in percent."""
        named = {"ClusterName": self.here["cluster"], "ServiceName": self.here["serviceName"]}
        since = self.moment() - timedelta(minutes=3)
        return (self.metric("AWS/ECS", "CPUUtilization", "Average", named, since) or [0.0])[-1]

    def failed(self, since):
        """How many requests failed since a moment."""
        balancer = {"LoadBalancer": self.arn.split("loadbalancer/")[1]}
        return round(sum(self.metric("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum", balancer, since)))

    def tasks(self):
        """How many tasks shall run."""
        return len(self.ecs.list_tasks(**self.here)["taskArns"])

    def alarm(self):
        """The first alarm for too much CPU, whatever its name; None where there is none."""
        known = self.cloudwatch.describe_alarms()["MetricAlarms"]
        busy = [one for one in known if one.get("MetricName") == "CPUUtilization"]
        return next((one for one in busy if one["ComparisonOperator"].startswith("Greater")), None)

    def policies(self):
        """What scales, as Application Auto Scaling tells it."""
        return self.scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]

    def minutes(self, count, until=lambda: False, quietly=False):
        """Let minutes pass, a line each: time, CPU, tasks, failed requests, alarms that ring. The tasks, by minute."""
        curve = [self.tasks()]
        for _ in range(count):
            start = self.moment()
            self.lab.advance(60)
            curve.append(self.tasks())
            if quietly:
                continue
            ringing = self.cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]
            rings = ", ".join(one["AlarmName"] for one in ringing)
            print(f"{self.lab.now()[11:16]} CPU {self.busy():5.1f} %  {'■' * curve[-1]:14} "
                  f"{self.failed(start) or '':>6} {rings}")  # fmt: skip
            if until():
                break
        return curve

    def calm(self):
        """No load, until two tasks are left and the last minute of load is over (but at most two hours)."""
        self.lab.traffic(self.front, 0)
        for _ in range(TWO_HOURS):
            if self.tasks() <= FEWEST and self.busy() < QUIET:
                break
            self.lab.advance(60)
        print(self.lab.now()[11:16], "calm:", self.tasks(), "tasks")

    def noon(self, whose):
        """Ten minutes of noon's load, told in a line; how many requests failed."""
        start = self.next_minute()
        self.lab.traffic(self.front, self.load, cpu_ms=CPU_MS)
        curve = self.minutes(10, quietly=True)
        failed, hours = self.failed(start), sum(curve[1:]) / 60
        third = next((str(minute) for minute, count in enumerate(curve) if count > FEWEST), "never")
        print(f"{whose}: {failed} failed, third task after {third} minutes, "
              f"{hours:.2f} hours of tasks, USD {hours * DOLLARS:.3f}")  # fmt: skip
        return failed

    @contextmanager
    def tracking(self, target, line, cooldown=120):
        """Meanwhile target tracking alone scales: the alarms of before may ring, but they call nobody.

        Its cooldown is the lab's; where none is given, AWS takes 300 seconds.
        """
        before = [one["AlarmName"] for one in self.cloudwatch.describe_alarms()["MetricAlarms"]]
        named = {"PolicyName": "only-to-compare", **target}
        followed = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
        self.cloudwatch.disable_alarm_actions(AlarmNames=before)
        self.scaling.put_scaling_policy(
            **named,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": float(line), "ScaleOutCooldown": cooldown, "PredefinedMetricSpecification": followed,
            },
        )  # fmt: skip
        try:
            yield
        finally:
            self.scaling.delete_scaling_policy(**named)
            self.cloudwatch.enable_alarm_actions(AlarmNames=before)

    @staticmethod
    def short(message):
        """A service's event without its own name, tasks and ARNs."""
        return message.partition(") ")[2].partition(" in (")[0].partition(": (")[0]

    def reports(self, since, end):
        """What ECS and Application Auto Scaling say of the time between two moments, oldest first."""
        (service,) = self.ecs.describe_services(**self.named)["services"]
        print("ECS, the service's deployments:")
        for one in service["deployments"]:
            revision = one["taskDefinition"].rpartition("/")[2]
            print(f"  {one['createdAt']:%H:%M:%S} {one['status']} {revision} {one['rolloutState']}")
        print("ECS, the service's events:")
        for one in reversed([each for each in service["events"] if since <= each["createdAt"] <= end]):
            print(f"  {one['createdAt']:%H:%M:%S} {self.short(one['message'])}")
        for one in self.scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]:
            print(f"Application Auto Scaling: from {one['MinCapacity']} to {one['MaxCapacity']} tasks. It did:")
        for one in reversed(self.scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]):
            if since <= one["StartTime"] <= end:
                print(f"  {one['StartTime']:%H:%M:%S} {one['Description']}")
