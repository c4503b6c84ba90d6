"""Conditions of rules as AWS keeps them, and which of them it refuses.

Knows nothing about how a condition is tried.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

from dockyard.cloud.elbv2.conditions import CONFIGURED_BY
from dockyard.cloud.elbv2.records import invalid
from dockyard.cloud.elbv2.state import Shape

#: Fields whose values may also stand in `Values`, beside the configuration.
PLAIN_FIELDS = ("host-header", "path-pattern")
#: Fields of which a rule may have one condition only.
ONCE = ("host-header", "http-request-method", "path-pattern", "source-ip")
MOST_VALUES, MOST_WILDCARDS, LONGEST_VALUE, LONGEST_NAME = 5, 5, 128, 40


def kept(conditions: list[Shape]) -> list[Shape]:
    """A rule's conditions as AWS keeps them. Raises AwsError ValidationError."""
    done = [_condition(one) for one in conditions]
    fields = [one["Field"] for one in done]
    for field in ONCE:
        if fields.count(field) > 1:
            raise invalid(f"A rule can only have one '{field}' condition")
    values = [value for one in done for value in _values(one)]
    if len(values) > MOST_VALUES:
        raise invalid(f"A rule can only have '{MOST_VALUES}' condition values")
    if sum(value.count("*") + value.count("?") for value in values) > MOST_WILDCARDS:
        raise invalid(f"A rule can only have '{MOST_WILDCARDS}' condition wildcards")
    return done


def _condition(condition: Shape) -> Shape:
    """A condition: a path or a host stands in both `Values` and its configuration."""
    field = condition.get("Field", "")
    if field not in CONFIGURED_BY:
        raise invalid(f"Condition field '{field}' must be one of '[{', '.join(CONFIGURED_BY)}]'")
    name = CONFIGURED_BY[field]
    config = condition.get(name)
    if condition.get("RegexValues") or (config or {}).get("RegexValues"):
        raise invalid("Dockyard simulates condition values with the wildcards * and ?, not regular expressions.")
    if field in PLAIN_FIELDS:
        values = (config or {}).get("Values") or condition.get("Values")
        done = {"Field": field, "Values": values, name: {"Values": values}}
    else:
        if config is None:
            raise invalid(f"A '{name}' must be specified with '{field}'")
        done = condition
    _check(field, done[name])
    return done


def _check(field: str, config: Shape) -> None:
    if not config.get("Values"):
        raise invalid("A condition value must be specified")
    if field == "http-header":
        _check_name(config.get("HttpHeaderName", ""))
    for value in config["Values"]:
        _check_value(field, value)


def _check_name(name: str) -> None:
    if not name:
        raise invalid("A 'HttpHeaderName' must be specified with 'http-header'")
    if len(name) > LONGEST_NAME:
        raise invalid(f"The 'HttpHeaderName' value is too long; the limit is '{LONGEST_NAME}'")
    if name.lower() == "host":
        raise invalid("The 'HttpHeaderName' cannot be 'Host'; use a 'host-header' condition")


def _check_value(field: str, value: Any) -> None:
    if field == "query-string":
        _check_pair(value)
        return
    longest = LONGEST_NAME if field == "http-request-method" else LONGEST_VALUE
    if len(value) > longest:
        raise invalid(f"The '{field}' value is too long; the limit is '{longest}'")
    if not value:
        raise invalid("A condition value must be specified")
    if field == "http-request-method" and not re.fullmatch("[A-Z_-]+", value):
        raise invalid(
            "The 'http-request-method' value is invalid; the allowed characters are A-Z, hyphen and underscore"
        )
    if field == "source-ip" and not _is_block(value):
        raise invalid(f"The source IP '{value}' must be in CIDR format")


def _check_pair(pair: Shape) -> None:
    if not pair.get("Value"):
        raise invalid("A 'Value' must be specified in 'QueryStringKeyValuePair'")
    for name in ("Key", "Value"):
        if len(pair.get(name, "")) > LONGEST_VALUE:
            raise invalid(f"The '{name}' value is too long; the limit is '{LONGEST_VALUE}'")


def _is_block(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def _values(condition: Shape) -> list[str]:
    """A condition's values as texts; a pair of a query counts once."""
    found = condition[CONFIGURED_BY[condition["Field"]]]["Values"]
    if condition["Field"] == "query-string":
        return [f"{one.get('Key', '')}={one['Value']}" for one in found]
    return list(found)
