"""A load test: real requests to a load balancer, each sent when it is due, whether or not earlier ones were answered.

Knows nothing about load balancers but where their door is; it needs the standard library only.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from dockyard.client import Client
from dockyard.display.load_test import LoadTest
from dockyard.errors import ContentError

__all__ = ["Order", "load_test"]

#: So many requests at most wait for an answer at once; more would be due later, and count as late.
MOST_AT_ONCE = 256
#: Real seconds between two looks at how far it has come.
LOOK = 0.25
#: A connection idle for longer is not used again: the sandbox closes it after 5 s.
KEPT_SECONDS = 4.0
#: Longer than a load balancer waits for its target.
PATIENCE = 65.0
LONGEST, FASTEST = 3600.0, 5000.0


@dataclass(frozen=True, slots=True)
class Order:
    """What to send: real `seconds` long, `rate` a second, to a load balancer by name ("": the only one).

    `body` is sent as JSON by POST; without one it is a GET.
    """

    seconds: float
    rate: float
    balancer: str = ""
    path: str = "/"
    body: object = None

    @property
    def number(self) -> int:
        """How many requests that is: one at least."""
        return max(1, round(self.seconds * self.rate))


def load_test(client: Client, order: Order, tell: Callable[[str], None]) -> LoadTest:
    """Do it; `tell` is told how far it has come. Raises ContentError for an order nobody can follow, SandboxError."""
    if not 0 < order.seconds <= LONGEST or not 0 < order.rate <= FASTEST:
        asked = f"{order.rate:g} requests a second for {order.seconds:g} s cannot be sent."
        raise ContentError(asked, next_step=f"Ask for up to {FASTEST:g} a second, for up to {LONGEST:g} s.")
    name = order.balancer or _the_only(client)
    test = _Test(client.endpoint, f"/_alb/{quote(name)}/{order.path.lstrip('/')}", order)
    test.run(tell)
    return test.result(name)


def _the_only(client: Client) -> str:
    """The name of the account's only load balancer. Raises ContentError where there is another number of them."""
    names = [one["name"] for one in client.picture()["balancers"]]
    if len(names) == 1:
        return str(names[0])
    if not names:
        raise ContentError("There is no load balancer yet.", next_step="Create one, and a listener.")
    listed = ", ".join(names)
    raise ContentError(f"Which load balancer? There are: {listed}.", next_step=f'Say balancer="{names[0]}".')


@dataclass(slots=True)
class _Test:
    """A test while it runs; what came is kept by the threads that send."""

    endpoint: str
    target: str
    order: Order
    statuses: Counter[int] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    sent: int = 0
    unanswered: int = 0
    last_sent: float = 0.0
    _start: float = 0.0
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, tell: Callable[[str], None]) -> None:
        """Send all; an interrupt ends it, and what is on its way is left alone."""
        numbers = iter(range(self.order.number))
        senders = min(self.order.number, MOST_AT_ONCE, max(8, round(self.order.rate * 2)))
        threads = [threading.Thread(target=self._send_all, args=(numbers,), daemon=True) for _ in range(senders)]
        self._start = time.monotonic() + 0.01
        try:
            for one in threads:
                one.start()
            for one in threads:
                while one.is_alive():
                    one.join(LOOK)
                    tell(self._so_far())
        finally:
            self._stopped = True

    def _so_far(self) -> str:
        failed = self.unanswered + sum(number for status, number in self.statuses.items() if status >= 500)
        passed = time.monotonic() - self._start
        return f"Load test: {self.sent} of {self.order.number} sent after {passed:.0f} s, {failed} failed …"

    def result(self, name: str) -> LoadTest:
        """What became of it."""
        order, found = self.order, sorted(self.latencies)
        # The last is due one interval before the end: what was sent on time took (number - 1) intervals.
        took = max(self.last_sent - self._start, (order.number - 1) / order.rate) + 1 / order.rate
        return LoadTest(
            balancer=name, path=order.path, seconds=order.seconds, rate=order.rate, sent=self.sent,
            statuses=dict(self.statuses), unanswered=self.unanswered, p50=_part(found, 0.5), p95=_part(found, 0.95),
            slowest=_part(found, 1.0), reached=self.sent / took,
            why=next((why for why, _ in self.reasons.most_common(1)), ""),
        )  # fmt: skip

    def _send_all(self, numbers: Iterator[int]) -> None:
        """Take the next request that is nobody's yet, wait until it is due, send it; again until there is none."""
        sender = _Sender(self.endpoint, self.target, self.order.body)
        while not self._stopped:
            with self._lock:
                number = next(numbers, None)
            if number is None:
                break
            due = self._start + number / self.order.rate
            time.sleep(max(0.0, due - time.monotonic()))
            if not self._stopped:
                self._note(due, time.monotonic(), *sender.send())
        sender.close()

    def _note(self, due: float, sent: float, status: int, why: str) -> None:
        with self._lock:
            self.sent += 1
            self.last_sent = max(self.last_sent, sent)
            if why:
                self.reasons[why] += 1
            if status:
                self.statuses[status] += 1
                self.latencies.append((time.monotonic() - due) * 1000)
            else:
                self.unanswered += 1


class _Sender:
    """One connection, used again and again."""

    def __init__(self, endpoint: str, target: str, body: object) -> None:
        where = urlsplit(endpoint)
        self._connection = http.client.HTTPConnection(where.hostname or "127.0.0.1", where.port, timeout=PATIENCE)
        self._body = None if body is None else json.dumps(body).encode()
        self._method, self._target = "GET" if body is None else "POST", target
        self._headers = {} if body is None else {"Content-Type": "application/json"}
        self._used = 0.0

    def send(self) -> tuple[int, str]:
        """One request: its status (0: no answer) and, where the load balancer says so, why it failed."""
        if time.monotonic() - self._used > KEPT_SECONDS:
            self._connection.close()
        try:
            self._connection.request(self._method, self._target, self._body, self._headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return 0, f"No answer: {error or type(error).__name__}"
        self._used = time.monotonic()
        return answer.status, answer.headers.get("X-Dockyard-Why", "") if answer.status >= 500 else ""

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def _part(ordered: list[float], part: float) -> float:
    """The value below which a part of the ordered values lie, 0 where there are none."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
