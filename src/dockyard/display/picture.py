"""The account as a drawing: inline SVG in the page's own colours, with the outline as its description and its twin.

Knows nothing about what the boxes say.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape
from typing import Any

from dockyard.display.boxes import HEAD, LINE, PADDING, WIDTH, Arrow, Box, laid_out
from dockyard.display.moments import day_and_time
from dockyard.display.outline import NOTHING, empty, outline
from dockyard.page import BAD, BUSY, EDGE, FAINT, FONT, GOOD, INK, PAPER

__all__ = ["Picture"]

#: So many characters of text fit into a box, and so many of a name.
_FITS, _NAME_FITS = 23, 20
_TONES = {"good": GOOD, "busy": BUSY, "bad": BAD}


@dataclass(frozen=True, slots=True)
class Picture:
    """`told` as GET /_dockyard/picture tells it: a notebook draws it, a terminal prints the outline."""

    told: dict[str, Any]

    def __repr__(self) -> str:
        return outline(self.told)

    def _repr_html_(self) -> str:
        return f"<p>{escape(NOTHING)}</p>" if empty(self.told) else _svg(self.told)


def _svg(told: dict[str, Any]) -> str:
    sheet, text = laid_out(told), outline(told)
    name = f"dockyard-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    width, height = f"{sheet.width:.0f}", f"{sheet.height:.0f}"
    title = f"Account {told['account']} in {told['region']}, simulated time {day_and_time(told['now'])}"
    heads = "".join(f'<text x="{x}" y="{y}" style="fill:{FAINT}">{escape(head)}</text>' for x, y, head in sheet.heads)
    marker = (
        f'<marker id="{name}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0,0 L8,4 L0,8 z" style="fill:{FAINT}"/></marker>'
    )
    arrows = "".join(_arrow(one, f"{name}-tip") for one in sheet.arrows)
    boxes = "".join(_box(one) for one in sheet.boxes)
    return (
        f'<figure style="margin:.5em 0;overflow-x:auto">'
        f'<svg role="img" aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {width} {height}" '
        f'width="{width}" style="max-width:100%;height:auto;min-width:640px;font:12px {FONT}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(text)}</desc>'
        f"<defs>{marker}</defs>{heads}{arrows}{boxes}</svg>"
        f'<figcaption style="color:{FAINT}"><small>{escape(title)}</small></figcaption></figure>'
    )


def _box(box: Box) -> str:
    tone = _TONES.get(box.tone)
    dash = "" if box.key else ";stroke-dasharray:3 3"
    frame = (
        f'<rect x="{box.x}" y="{box.y}" width="{WIDTH}" height="{box.height}" rx="4" '
        f'style="fill:{PAPER};stroke:{EDGE}{dash}"/>'
    )
    bar = f'<rect x="{box.x}" y="{box.y}" width="4" height="{box.height}" style="fill:{tone}"/>' if tone else ""
    lines = "".join(_line(box, number, word) for number, word in enumerate(box.words))
    return f"<g>{frame}{bar}{lines}</g>"


def _line(box: Box, number: int, word: str) -> str:
    named = number == 0 and bool(box.key)
    fits = _NAME_FITS if named else _FITS
    text = word if len(word) <= fits else f"{word[: fits - 1]}…"
    weight = ";font-weight:600" if named else ""
    indent = 12 if not word.startswith("  ") else 18
    x, y = box.x + indent, box.y + PADDING / 2 + LINE * (number + 0.75)
    whole = f"<title>{escape(word)}</title>" if text != word else ""
    colour = INK if box.key else FAINT
    return f'<text x="{x}" y="{y}" style="fill:{colour}{weight}">{whole}{escape(text.strip())}</text>'


def _arrow(arrow: Arrow, tip: str) -> str:
    """A curve between the sides that face each other, at the height of the boxes' names."""
    rightwards = arrow.end.x > arrow.start.x
    start = arrow.start.x + (WIDTH if rightwards else 0)
    end = arrow.end.x + (0 if rightwards else WIDTH)
    first = arrow.start.y + HEAD / 2
    last = min(max(first, arrow.end.y + HEAD / 2), arrow.end.y + arrow.end.height - HEAD / 2)
    middle = (start + end) / 2
    dash = ";stroke-dasharray:4 3" if arrow.dashed else ""
    return (
        f'<path d="M{start},{first} C{middle},{first} {middle},{last} {end},{last}" marker-end="url(#{tip})" '
        f'style="fill:none;stroke:{FAINT};stroke-width:1.3{dash}"/>'
    )
