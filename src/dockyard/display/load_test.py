"""What became of a load test, as a value: text in a terminal, a small table in a notebook.

Knows nothing about how requests were sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from dockyard.page import BAD, FAINT, GOOD

__all__ = ["LoadTest"]

#: A rate counts as reached where so much of it was.
_REACHED = 0.95


@dataclass(frozen=True, slots=True)
class LoadTest:
    """Real requests sent to a load balancer at a rate, and what came back.

    `statuses`: how many answers of each status; `unanswered`: requests to which none came. `p50` and `p95` are
    milliseconds from the moment at which a request was due until its answer was whole; 0 where none came. `reached` is
    the rate at which requests were really sent. `why` is what the load balancer said most often of its own failures.
    """

    balancer: str
    path: str
    seconds: float
    rate: float
    sent: int
    statuses: Mapping[int, int] = field(default_factory=dict)
    unanswered: int = 0
    p50: float = 0.0
    p95: float = 0.0
    slowest: float = 0.0
    reached: float = 0.0
    why: str = ""

    @property
    def failed(self) -> int:
        """Requests without an answer, or with one of 500 and above."""
        return self.unanswered + sum(number for status, number in self.statuses.items() if status >= 500)

    @property
    def is_short(self) -> bool:
        """Whether the rate was not reached."""
        return self.reached < _REACHED * self.rate

    def rows(self) -> list[tuple[str, str]]:
        """Label and text of each line."""
        rows = [("sent", f"{self.sent}, at {self.reached:.4g} a second"), ("failed", str(self.failed))]
        rows += [(str(status), str(number)) for status, number in sorted(self.statuses.items())]
        if self.unanswered:
            rows.append(("no answer", str(self.unanswered)))
        if self.statuses:
            rows.append(("latency", f"p50 {self.p50:.1f} ms · p95 {self.p95:.1f} ms · slowest {self.slowest:.1f} ms"))
        if self.is_short:
            wanted = f"{self.rate:.4g} a second were wanted: this machine, or the answers, were not quick enough."
            rows.append(("not reached", wanted))
        return [*rows, ("why", self.why)] if self.why else rows

    def __repr__(self) -> str:
        return "\n".join([self._title(), *(f"  {label:<12}{text}" for label, text in self.rows())])

    def _repr_html_(self) -> str:
        tone = BAD if self.failed else GOOD
        plain = "border:none;background:none;padding:.1em .8em .1em 0;text-align:left"
        rows = "".join(
            f'<tr style="background:none"><th scope="row" style="{plain};font-weight:normal;color:{FAINT}">'
            f'{escape(label)}</th><td style="{plain}">{escape(text)}</td></tr>'
            for label, text in self.rows()
        )
        title = f'<p style="margin:0 0 .3em"><strong>{escape(self._title())}</strong></p>'
        table = f'<table style="border:none;border-collapse:collapse">{rows}</table>'
        return f'<section style="border-left:3px solid {tone};padding:.2em 0 .2em .8em">{title}{table}</section>'

    def _title(self) -> str:
        return f"{self.rate:g} requests a second for {self.seconds:g} s to {self.balancer}, {self.path}"
