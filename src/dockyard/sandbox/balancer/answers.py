"""What the load balancer answers itself: AWS's pages for 4xx and 5xx, each with a sentence of ours; the actions
fixed-response and redirect.

Knows nothing about targets or sockets.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dockyard.cloud.elbv2.entrance import Entrance
from dockyard.cloud.elbv2.state import Shape
from dockyard.sandbox.balancer.incoming import Incoming, split_port
from dockyard.sandbox.http import HttpResponse

#: The title of AWS's page, where it is not what everybody calls the status.
TITLES = {
    301: "301 Moved Permanently",
    302: "302 Found",
    400: "400 Bad Request",
    405: "405 Not Allowed",
    408: "408 Request Time-out",
    501: "501 Not Implemented",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}
WHY = "X-Dockyard-Why"
SERVER = {"Server": "awselb/2.0"}
#: A browser's page that came by `/_alb/` stands beside the control API: it gets an origin of its own.
CSP = "sandbox allow-forms allow-scripts allow-popups allow-modals"
_VARIABLE = re.compile(r"#\{(protocol|host|port|path|query)\}")


def page(status: int, why: str = "") -> HttpResponse:
    """AWS's page for a status, with a sentence in it (and in a header) that says why and what to do next."""
    title = TITLES[status]
    lines = [
        "<html>", f"<head><title>{title}</title></head>", "<body>", f"<center><h1>{title}</h1></center>", "</body>",
        "</html>",
    ]  # fmt: skip
    if not why:
        return HttpResponse(status, {**SERVER, "Content-Type": "text/html"}, _lines(lines))
    told = " ".join(why.encode("ascii", "replace").decode().split())
    lines.append(f"<!-- Dockyard: {told.replace('--', '- -').replace('>', '')} -->")
    return HttpResponse(status, {**SERVER, "Content-Type": "text/html", WHY: told}, _lines(lines))


def _lines(lines: list[str]) -> bytes:
    return "".join(f"{one}\r\n" for one in lines).encode()


def fixed(response: Shape) -> HttpResponse:
    """The action fixed-response."""
    kind = response.get("ContentType", "text/plain")
    body = response.get("MessageBody", "").encode()
    return HttpResponse(int(response["StatusCode"]), {**SERVER, "Content-Type": f"{kind}; charset=utf-8"}, body)


def redirect(config: Shape, incoming: Incoming, entrance: Entrance) -> HttpResponse:
    """The action redirect: where to, with `#{host}` and the like as the request has them."""
    assert entrance.listener is not None
    known = {
        "protocol": entrance.listener.protocol.lower(),
        "host": split_port(incoming.host)[0],
        "port": str(entrance.port),
        "path": incoming.path.removeprefix("/"),
        "query": incoming.query,
    }
    filled = {name: _filled(config[name], known.__getitem__) for name in ("Protocol", "Host", "Port", "Path", "Query")}
    query = f"?{filled['Query']}" if filled["Query"] else ""
    where = f"{filled['Protocol'].lower()}://{filled['Host']}:{filled['Port']}{filled['Path']}{query}"
    answer = page(int(config["StatusCode"].removeprefix("HTTP_")))
    return HttpResponse(answer.status, {**answer.headers, "Location": where}, answer.body)


def _filled(text: str, known: Callable[[str], str]) -> str:
    return _VARIABLE.sub(lambda found: known(found[1]), text)
