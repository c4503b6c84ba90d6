"""Which rule a request meets: host, path, method, headers and query against a listener's conditions.

Knows nothing about targets, traffic or how rules are kept.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network

from dockyard.cloud.elbv2.state import Listener, ListenerRule, Shape
from dockyard.cloud.network import INTERNET


@dataclass(slots=True, frozen=True)
class Asked:
    """What a client asks of a load balancer; header names in lower case, the query as pairs of name and value."""

    host: str
    path: str = "/"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    source: str = INTERNET


def actions_for(listener: Listener, rules: Iterable[ListenerRule], asked: Asked) -> list[Shape]:
    """The actions of the first of `rules` (in order of priority) whose conditions all hold, else the default ones."""
    for rule in rules:
        if all(_holds(condition, asked) for condition in rule.conditions):
            return rule.actions
    return listener.actions


def _holds(condition: Shape, asked: Asked) -> bool:
    return _TESTS[condition["Field"]](condition, asked)


def _host(condition: Shape, asked: Asked) -> bool:
    return _any(condition["Values"], asked.host.partition(":")[0], any_case=True)


def _path(condition: Shape, asked: Asked) -> bool:
    return _any(condition["Values"], asked.path)


def _header(condition: Shape, asked: Asked) -> bool:
    wanted = condition["HttpHeaderConfig"]
    value = asked.headers.get(wanted["HttpHeaderName"].lower())
    return value is not None and _any(wanted.get("Values", []), value, any_case=True)


def _method(condition: Shape, asked: Asked) -> bool:
    return asked.method in condition["HttpRequestMethodConfig"].get("Values", [])


def _query(condition: Shape, asked: Asked) -> bool:
    wanted = condition["QueryStringConfig"].get("Values", [])
    return any(
        _any([one.get("Key", "*")], name, any_case=True) and _any([one.get("Value", "*")], value, any_case=True)
        for one in wanted
        for name, value in asked.query
    )


def _source(condition: Shape, asked: Asked) -> bool:
    blocks = condition["SourceIpConfig"].get("Values", [])
    return any(ip_address(asked.source) in ip_network(block, strict=False) for block in blocks)


def _any(patterns: Iterable[str], value: str, *, any_case: bool = False) -> bool:
    """Whether a pattern matches: `*` is any text, `?` any character, and nothing else is special."""
    if any_case:
        patterns, value = [one.lower() for one in patterns], value.lower()
    return any(fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


_TESTS: dict[str, Callable[[Shape, Asked], bool]] = {
    "host-header": _host,
    "path-pattern": _path,
    "http-header": _header,
    "http-request-method": _method,
    "query-string": _query,
    "source-ip": _source,
}

#: The fields a condition can have, each with the member that configures it.
CONFIGURED_BY = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
