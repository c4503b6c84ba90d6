"""The study guide's figure: a container beside a virtual machine, filled with what the learner's own machine reports.

Knows nothing about who asked what. The drawing's description, and its twin where nothing is drawn, is a table of text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from dockyard.display.drawing import drawing
from dockyard.page import EDGE, FAINT, FONT, GOOD, INK, PAPER

__all__ = ["SideBySide"]

_WIDTH, _GAP, _HIGH, _LEFT = 260, 24, 34, 4


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`machine` and `container`: the same names (`kernel` is one) with what each reports."""

    machine: Mapping[str, str]
    container: Mapping[str, str]

    def __repr__(self) -> str:
        own = [name for name in self.container if name != "kernel"]
        rows = [("", "this machine", "a container on it", "a virtual machine on it")]
        rows += [(one, self.machine.get(one, ""), self.container[one], "its own") for one in own]
        kernel = self.machine.get("kernel", "")
        same = self.container.get("kernel", "") == kernel
        rows.append(("kernel", kernel, f"{self.container.get('kernel', '')}{', the same' if same else ''}", "its own"))
        widths = [max(len(row[column]) for row in rows) + 2 for column in range(len(rows[0]))]
        return "\n".join("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)

    def _repr_html_(self) -> str:
        own = [f"{name}: {said}" for name, said in self.container.items() if name != "kernel"]
        kernel = f"kernel {self.machine.get('kernel', '')}"
        guest = [f"{name}: its own" for name in self.container if name != "kernel"]
        left = [*((one, "") for one in own), ("container engine", "thin"), (f"{kernel}, one for all", "shared")]
        right = [*((one, "") for one in guest), ("kernel: its own, started first", "shared"), ("hypervisor", "thin")]
        right.append((f"{kernel}, of the host", "shared"))
        high = max(len(left), len(right)) * _HIGH + 34
        body = _stack(0, "a container", left, high) + _stack(_WIDTH + _GAP, "a virtual machine", right, high)
        width = 2 * _WIDTH + _GAP + 8
        svg = (
            f'<svg viewBox="0 0 {width} {high}" width="{width}" '
            f'style="max-width:100%;height:auto;font:12px {FONT}">{body}</svg>'
        )
        twin = f"dockyard-{hashlib.sha256(svg.encode()).hexdigest()[:10]}"
        return (
            f'<figure style="margin:.5em 0;overflow-x:auto">{drawing(svg, "a container and a virtual machine", twin)}'
            f'<figcaption style="color:{FAINT}"><small>Left what was measured here; right what a virtual machine '
            f'would have. The bar marks a kernel.</small></figcaption><details style="color:{FAINT}"><summary><small>'
            f'the same as text</small></summary><pre id="{twin}" style="color:{INK}">{escape(repr(self))}</pre>'
            "</details></figure>"
        )


def _stack(x: float, head: str, rows: list[tuple[str, str]], high: float) -> str:
    """Boxes one above the other, standing on the same ground."""
    top = high - len(rows) * _HIGH - 4
    parts = [f'<text x="{x + _LEFT}" y="{top - 8:.0f}" style="fill:{FAINT}">{escape(head)}</text>']
    for number, (words, kind) in enumerate(rows):
        y = top + number * _HIGH
        tone = f";stroke-width:2;stroke:{GOOD}" if kind == "shared" else ""
        dash = ";stroke-dasharray:3 3" if kind == "thin" else ""
        parts.append(
            f'<rect x="{x + 2}" y="{y + 2:.0f}" width="{_WIDTH}" height="{_HIGH - 5}" rx="4" '
            f'style="fill:{PAPER};stroke:{EDGE}{tone}{dash}"/>'
        )
        if kind == "shared":
            parts.append(f'<rect x="{x + 2}" y="{y + 2:.0f}" width="5" height="{_HIGH - 5}" style="fill:{GOOD}"/>')
        parts.append(f'<text x="{x + 14}" y="{y + 21:.0f}" style="fill:{INK}">{escape(words[:40])}</text>')
    return "".join(parts)
