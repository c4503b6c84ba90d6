"""What exists in an account and what it hangs together by, from the image to the load balancer, for a drawing.

Knows nothing about how it is drawn. It only reads records, and makes none; what is deleted or retired is left out.
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.account import Account
from dockyard.cloud.autoscaling.state import AutoScalingState, Target
from dockyard.cloud.clock import iso
from dockyard.cloud.cloudwatch.state import Alarm, CloudWatchState
from dockyard.cloud.ecr.state import EcrState, Repository
from dockyard.cloud.ecs.state import EcsState, ServiceRecord, Task, TaskDefinition
from dockyard.cloud.elbv2.state import BalancingState, Listener, LoadBalancer, TargetGroup
from dockyard.sandbox.timeline import alarms_of, rule_of

__all__ = ["picture"]

Shape = dict[str, Any]


def picture(account: Account, region: str) -> Shape:
    """`{"now", "account", "region", "repositories", "definitions", "services", "tasks", "groups", "balancers",
    "alarms"}`; each member of a list names by `name` or by lists of names what it belongs to.
    """
    kept = account.regions.get(region, {})
    ecr: EcrState = kept.get("ecr") or EcrState()
    ecs: EcsState = kept.get("ecs") or EcsState()
    balancing: BalancingState = kept.get("elbv2") or BalancingState()
    watch: CloudWatchState = kept.get("cloudwatch") or CloudWatchState()
    services = [one for one in ecs.services.values() if one.status != "INACTIVE"]
    return {
        "now": iso(account.clock.now),
        "account": account.id,
        "region": region,
        "repositories": [_repository(one) for one in ecr.repositories.values()],
        "definitions": _definitions(ecs, services),
        "services": [_service(kept, ecs, one) for one in services],
        "tasks": [_task(one) for one in ecs.tasks.values() if not one.service and one.last_status != "STOPPED"],
        "groups": [_group(one) for one in balancing.groups.values()],
        "balancers": [_balancer(balancing, one) for one in balancing.balancers.values()],
        "alarms": [_alarm(kept, services, one) for one in watch.alarms.values()],
    }


def _repository(one: Repository) -> Shape:
    images = [{"digest": digest, "tags": one.tags_of(digest)} for digest in one.images]
    return {"name": one.name, "images": images}


def _definitions(ecs: EcsState, services: list[ServiceRecord]) -> list[Shape]:
    """Every revision that runs somewhere (`used`), and of each family the latest active one."""
    used = {one.definition for service in services for one in service.deployments}
    used |= {one.definition for one in ecs.tasks.values() if one.last_status != "STOPPED"}
    latest: dict[str, str] = {}
    for arn, one in ecs.definitions.items():
        if one.status == "ACTIVE":
            latest[one.family] = arn
    shown = used | set(latest.values())
    return [_definition(one, arn in used) for arn, one in ecs.definitions.items() if arn in shown]


def _definition(one: TaskDefinition, used: bool) -> Shape:
    images = [str(container["image"]) for container in one.containers]
    name = f"{one.family}:{one.revision}"
    return {"name": name, "vcpus": one.vcpus, "memory": one.memory, "images": images, "used": used}


def _service(kept: Shape, ecs: EcsState, one: ServiceRecord) -> Shape:
    tasks = [
        task
        for task in ecs.tasks.values()
        if (task.cluster, task.service) == (one.cluster, one.name) and task.last_status != "STOPPED"
    ]
    return {
        "name": f"{one.cluster}/{one.name}",
        "status": one.status,
        "desired": one.desired,
        "definitions": [_short(deployment.definition) for deployment in one.deployments],
        "rollout": one.deployments[0].rollout_state if one.deployments else "",
        "tasks": [_task(task) for task in tasks],
        "groups": [balancer["targetGroupArn"].split("/")[1] for balancer in one.load_balancers],
        "scaling": _scaling(kept, one),
    }


def _task(one: Task) -> Shape:
    definition = _short(one.definition)
    return {
        "id": one.id, "status": one.last_status, "zone": one.zone, "address": one.address, "definition": definition
    }  # fmt: skip


def _scaling(kept: Shape, service: ServiceRecord) -> Shape | None:
    scaling: AutoScalingState = kept.get("application-autoscaling") or AutoScalingState()
    target: Target | None = scaling.targets.get(f"service/{service.cluster}/{service.name}")
    if target is None:
        return None
    policies = [{"name": one.name, "kind": one.kind} for one in target.policies.values()]
    return {"minimum": target.minimum, "maximum": target.maximum, "policies": policies}


def _group(one: TargetGroup) -> Shape:
    targets = [
        {"address": each.id, "port": each.port, "zone": each.zone, "state": each.health.state}
        for each in one.targets.values()
    ]
    return {"name": one.name, "check": f"{one.health_protocol} {one.health_path}", "targets": targets}


def _balancer(balancing: BalancingState, one: LoadBalancer) -> Shape:
    listeners = [each for each in balancing.listeners.values() if each.load_balancer == one.arn]
    ports = [f"{each.protocol} {each.port}" for each in listeners]
    groups = sorted({name for each in listeners for name in _forwards(balancing, each)})
    state = "active" if one.active else "provisioning"
    return {"name": one.name, "state": state, "listeners": ports, "groups": groups, "zones": _zones(one)}


def _zones(one: LoadBalancer) -> list[str]:
    return [node.zone for node in one.nodes]


def _forwards(balancing: BalancingState, listener: Listener) -> list[str]:
    """The names of the target groups that a listener's default and its rules send to."""
    actions = [*listener.actions]
    actions += [action for rule in balancing.rules.values() if rule.listener == listener.arn for action in rule.actions]
    arns = [one["TargetGroupArn"] for one in actions if one.get("TargetGroupArn")]
    for one in actions:
        arns += [each["TargetGroupArn"] for each in one.get("ForwardConfig", {}).get("TargetGroups", ())]
    return [balancing.groups[arn].name for arn in arns if arn in balancing.groups]


def _alarm(kept: Shape, services: list[ServiceRecord], one: Alarm) -> Shape:
    concerns = [f"{each.cluster}/{each.name}" for each in services if one in alarms_of(kept, each)]
    called = [arn for actions in one.actions.values() for arn in actions]
    policies = sorted({arn.rpartition("policyName/")[2] for arn in called if "policyName/" in arn})
    return {"name": one.name, "state": one.state, "rule": rule_of(one), "services": concerns, "policies": policies}


def _short(arn: str) -> str:
    return arn.rpartition("/")[2]
