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

    def labs(self) -> dict[str, Any]:
        """Every lab with its steps and this learner's values."""
        return self._ask("GET", "labs")

    def progress(self) -> dict[str, Any]:
        """`{"now", "labs": [{"lab", "title", "points", "of", "steps"}]}`: what checks said of each step so far."""
        return self._ask("GET", "progress")

    def lab(self, lab: str) -> dict[str, Any]:
        """One lab: `values`, `steps` with what they ask. Raises ContentError for an unknown one."""
        return self._ask("GET", f"labs/{lab}")

    def open(self, lab: str, how: str = "mine") -> dict[str, Any]:
        """Open a lab from the learner's cloud (`mine`) or from its `opening` state; `lacks` says what is not there."""
        return self._ask("POST", f"labs/{lab}/open", {"from": how})

    def hint(self, lab: str, step: str) -> dict[str, Any]:
        """The next hint: `rung` of `of`, what is seen `now`, the `hint`."""
        return self._ask("POST", f"hints/{lab}/{step}")

    def predict(self, lab: str, prediction: str, answer: object = None) -> dict[str, Any]:
        """Commit to an answer; without one, the `question`."""
        return self._ask("POST", f"predictions/{lab}/{prediction}", {"answer": answer})

    def compare(self, lab: str, prediction: str, outcome: object) -> dict[str, Any]:
        """What was said beside what came: `compared`."""
        return self._ask("POST", f"predictions/{lab}/{prediction}/compare", {"outcome": outcome})

    def traffic(
        self, load_balancer: str, requests_per_second: float, cpu_ms: float = 20.0, seconds: float = 600.0,
        lasts: float = 0.0,
    ) -> dict[str, Any]:  # fmt: skip
        """Offer load to a load balancer, by name, from now on; 0 requests a second stops it.

        A request costs `cpu_ms` milliseconds of one vCPU and is in flight for `lasts` simulated seconds beside.
        """
        offer = {
            "load_balancer": load_balancer,
            "requests_per_second": requests_per_second,
            "cpu_ms": cpu_ms,
            "seconds": seconds,
            **({"lasts": lasts} if lasts else {}),
        }
        return self._ask("POST", "traffic", offer)

    def keep(self, name: str) -> dict[str, Any]:
        """Keep the account as it is under a name."""
        return self._ask("POST", "snapshots", {"name": name})

    def restore(self, name: str) -> dict[str, Any]:
        """Go back to the account as it was kept."""
        return self._ask("POST", f"snapshots/{urllib.parse.quote(name, safe='')}/restore")

    def state(self) -> dict[str, Any]:
        """The account's records, as GET /_dockyard/state shows them."""
        return self._ask("GET", "state")

    def clock(self) -> dict[str, Any]:
        """`{"now": ISO 8601 ending in Z, "mode": "stepped" or "live", "speed": …}`."""
        return self._ask("GET", "clock")

    def advance(self, seconds: float) -> dict[str, Any]:
        """Let simulated seconds pass at once; answers the clock."""
        return self._ask("POST", "clock/advance", {"seconds": seconds})

    def wait(self, seconds: float) -> dict[str, Any]:
        """Wait until the live clock has run so many simulated seconds, or a while; answers the clock, so ask again."""
        return self._ask("POST", "clock/wait", {"seconds": seconds})

    def status(self) -> dict[str, Any]:
        """Account, port, clock, what there is and what it costs, as GET /_dockyard/status shows them."""
        return self._ask("GET", "status")

    def back(self, lab: str, step: str) -> dict[str, Any]:
        """Take the account back to before a step. Raises ContentError for a step unknown or never come to."""
        return self._ask("POST", "back", {"lab": lab, "step": step})

    def reset(self) -> dict[str, Any]:
        """Take the account back to its birth."""
        return self._ask("POST", "reset")

    def events(self, after: int = 0) -> dict[str, Any]:
        """`{"events": [{"number", "at", "what", "because"}], "latest": n}`: what happened since event `after`."""
        return self._ask("GET", f"events?after={after}")

    def timeline(self, minutes: int = 60) -> dict[str, Any]:
        """`{"now", "services": [{"cluster", "service", "alarms", "rows"}]}`: the last minutes, a row each."""
        return self._ask("GET", f"timeline?minutes={minutes}")

    def picture(self) -> dict[str, Any]:
        """What exists in the account, from repositories to alarms, each with what it belongs to."""
        return self._ask("GET", "picture")

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
        of_the_course = path.startswith(("checks/", "labs/", "hints/", "predictions/", "back"))
        kind = ContentError if error.code == 404 and of_the_course else SandboxError
        return kind(sentence, next_step=str(told.get("next_step", "")))
