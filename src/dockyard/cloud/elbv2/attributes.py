"""The attributes of load balancers and target groups: their defaults, and which values AWS takes.

Knows nothing about what an attribute does.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.elbv2.records import invalid

BALANCER = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "health_check_logs.s3.enabled": "false",
    "health_check_logs.s3.bucket": "",
    "health_check_logs.s3.prefix": "",
    "idle_timeout.timeout_seconds": "60",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}

GROUP = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.enabled": "false",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.type": "lb_cookie",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}

LAMBDA_GROUP = {"lambda.multi_value_headers.enabled": "false"}

#: Attributes that are numbers: the lowest and the highest value, and whether 0 also means "off".
RANGES = {
    "client_keep_alive.seconds": (60, 604800, False),
    "deregistration_delay.timeout_seconds": (0, 3600, False),
    "idle_timeout.timeout_seconds": (1, 4000, False),
    "slow_start.duration_seconds": (30, 900, True),
    "stickiness.app_cookie.duration_seconds": (1, 604800, False),
    "stickiness.lb_cookie.duration_seconds": (1, 604800, False),
}


def listed(attributes: dict[str, str]) -> dict[str, Any]:
    """Attributes as the API lists them."""
    return {"Attributes": [{"Key": key, "Value": value} for key, value in sorted(attributes.items())]}


def change(attributes: dict[str, str], wanted: list[dict[str, str]], of: str) -> None:
    """Set attributes; `of` says whose they are. Raises AwsError for a key that is not known or a value out of range."""
    for one in wanted:
        key, value = one["Key"], one.get("Value", "")
        if key not in attributes:
            raise invalid(f"{of} attribute key '{key}' is not recognized")
        _validate(key, value, attributes[key])
    attributes |= {one["Key"]: one.get("Value", "") for one in wanted}


def _validate(key: str, value: str, before: str) -> None:
    if before in ("true", "false") and value not in ("true", "false"):
        raise invalid(f"'{key}' must be one of 'true' and 'false', not '{value}'")
    if key not in RANGES:
        return
    low, high, off = RANGES[key]
    if value == "0" and off:
        return
    if not value.isdecimal() or not low <= int(value) <= high:
        raise invalid(f"'{key}' must be between '{low}' and '{high}' inclusive, not '{value}'")
