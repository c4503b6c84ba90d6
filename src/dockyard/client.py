"""The control API over HTTP: checks, traffic and the clock of a running sandbox.

Knows nothing about what a verdict means or who shows it; it imports errors only, so a kernel pays for nothing else.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dockyard.errors import ContentError, DockyardError, SandboxError

__all__ = ["Client"]

_START = 'Start one in a terminal: dockyard up. In another run eval "$(dockyard env)", and start the notebook there.'
#: The sandbox's own host never goes through a proxy: http_proxy belongs to load balancers' names.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Client:
    """A running sandbox: its address, its control token, and how many real seconds an answer may take."""

    endpoint: str
    token: str = field(repr=False)
    patience: float = 120.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Client:
        """The sandbox that `dockyard env` names. Raises SandboxError when the environment names none."""
        known = os.environ if environment is None else environment
        endpoint, token = known.get("AWS_ENDPOINT_URL", ""), known.get("DOCKYARD_TOKEN", "")
        if not endpoint or not token:
            raise SandboxError("No Dockyard sandbox is set up here.", next_step=_START)
        return cls(endpoint.rstrip("/"), token)

    def health(self) -> dict[str, Any]:
        """`{"status": "ready", …}`."""
        return self._ask("GET", "health")

    def check(self, lab: str, step: str | None = None) -> dict[str, Any]:
        """The verdicts on a lab or a step, as docs/verdicts.md says. Raises ContentError for an unknown one."""
        return self._ask("POST", f"checks/{lab}" if step is None else f"checks/{lab}/{step}")

    def traffic(
        self, load_balancer: str, requests_per_second: float, cpu_ms: float = 20.0, seconds: float = 600.0
    ) -> dict[str, Any]:
        """Offer load to a load balancer, by name, from now on; 0 requests a second stops it."""
        offer = {
            "load_balancer": load_balancer,
            "requests_per_second": requests_per_second,
            "cpu_ms": cpu_ms,
            "seconds": seconds,
        }
        return self._ask("POST", "traffic", offer)

    def state(self) -> dict[str, Any]:
        """The account's records, as GET /_dockyard/state shows them."""
        return self._ask("GET", "state")

    def clock(self) -> dict[str, Any]:
        """`{"now": ISO 8601 ending in Z, "mode": "stepped" or "live", "speed": …}`."""
        return self._ask("GET", "clock")

    def advance(self, seconds: float) -> dict[str, Any]:
        """Let simulated seconds pass at once; answers the clock."""
        return self._ask("POST", "clock/advance", {"seconds": seconds})

    def snapshot(self, name: str) -> None:
        """Keep the account as it is now, under a name."""
        self._ask("POST", "snapshots", {"name": name})

    def snapshots(self) -> list[str]:
        """The names of the kept accounts."""
        return [str(name) for name in self._ask("GET", "snapshots")["snapshots"]]

    def restore(self, name: str) -> None:
        """Back to a kept account."""
        self._ask("POST", f"snapshots/{urllib.parse.quote(name)}/restore")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.endpoint}/_dockyard/{path}", method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if method == "POST":
            request.data = json.dumps(body or {}).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with _OPENER.open(request, timeout=self.patience) as answer:
                return dict(json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            raise self._refusal(path, error) from None
        except (OSError, ValueError) as error:
            raise SandboxError(f"No sandbox answers at {self.endpoint}.", next_step=_START) from error

    def _refusal(self, path: str, error: urllib.error.HTTPError) -> DockyardError:
        with error:
            try:
                told = json.loads(error.read())
            except ValueError:
                told = {}
        sentence = str(told.get("message") or f"The sandbox at {self.endpoint} answered {error.code} to {path}.")
        kind = ContentError if error.code == 404 and path.startswith("checks/") else SandboxError
        return kind(sentence, next_step=str(told.get("next_step", "")))
