"""Gauges for a service behind a balancer, minute by minute: how busy it is, how many tasks it has, what failed.

Knows nothing about limits, alarms' rules and policies: those are yours.
"""

from datetime import datetime, timedelta

import boto3

FEWEST, QUIET, TWO_HOURS = 2, 10, 120  # tasks and percent of CPU when it is calm; minutes


class Gauges:
    """They read the metrics of the lab's service and of its balancer; `front` is the balancer's name, None without."""

    def __init__(self, lab, values):
        self.lab, self.here = lab, {"cluster": values["cluster"], "serviceName": values["service"]}
        self.ecs, self.cloudwatch = boto3.client("ecs"), boto3.client("cloudwatch")
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
