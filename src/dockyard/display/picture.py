"""The account as a drawing: SVG in the page's colours, with the outline as its description and its twin.

Knows nothing about what the boxes say.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape
from typing import Any

from dockyard.display.boxes import HEAD, LINE, PADDING, WIDTH, Arrow, Box, laid_out
from dockyard.display.drawing import drawing
from dockyard.display.moments import day_and_time
from dockyard.display.outline import NOTHING, empty, outline
from dockyard.page import BAD, BUSY, EDGE, FAINT, FONT, GOOD, INK, PAPER

__all__ = ["Picture"]

#: What is too long for its line ends in an ellipsis.
_LINES = "foreignObject div div{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
_TONES = {"good": GOOD, "busy": BUSY, "bad": BAD}


@dataclass(frozen=True, slots=True)
class Picture:
    """`told` as GET /_dockyard/picture tells it: a notebook draws it, a terminal prints the outline."""

    told: dict[str, Any]

    def __repr__(self) -> str:
        return outline(self.told)

    def _repr_html_(self) -> str:
        return f"<p>{escape(NOTHING)}</p>" if empty(self.told) else _drawn(self.told)


def _drawn(told: dict[str, Any]) -> str:
    sheet, text = laid_out(told), outline(told)
    twin = f"dockyard-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    title = f"Account {told['account']} in {told['region']}, simulated time {day_and_time(told['now'])}"
    marker = (
        f'<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0,0 L8,4 L0,8 z" style="fill:{FAINT}"/></marker>'
    )
    heads = [_words(x, y, WIDTH, [head], f"color:{FAINT}") for x, y, head in sheet.heads]
    parts = [*map(_arrow, sheet.arrows), *heads, *map(_box, sheet.boxes)]
    width, height = f"{sheet.width:.0f}", f"{sheet.height:.0f}"
    svg = (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" '
        f'style="max-width:100%;height:auto;font:12px {FONT}">'
        f"<style>{_LINES}</style><defs>{marker}</defs>{''.join(parts)}</svg>"
    )
    return (
        f'<figure style="margin:.5em 0;overflow-x:auto">{drawing(svg, title, twin, narrowest=640)}'
        f'<figcaption style="color:{FAINT}"><small>{escape(title)}</small></figcaption>'
        f'<details style="color:{FAINT}"><summary><small>the same as text</small></summary>'
        f'<pre id="{twin}" style="color:{INK}">{escape(text)}</pre></details></figure>'
    )


def _box(box: Box) -> str:
    tone = _TONES.get(box.tone)
    dash = "" if box.key else ";stroke-dasharray:3 3"
    frame = (
        f'<rect x="{box.x}" y="{box.y}" width="{WIDTH}" height="{box.height}" rx="4" '
        f'style="fill:{PAPER};stroke:{EDGE}{dash}"/>'
    )
    bar = f'<rect x="{box.x}" y="{box.y}" width="4" height="{box.height}" style="fill:{tone}"/>' if tone else ""
    style = f"color:{INK if box.key else FAINT}"
    return f"<g>{frame}{bar}{_words(box.x + 12, box.y + PADDING / 2, WIDTH - 16, box.words, style, bool(box.key))}</g>"


def _words(x: float, y: float, width: float, words: list[str], style: str, named: bool = False) -> str:
    """Lines of HTML within the drawing; the first is a name."""
    lines = "".join(_line(word, strong=named and not number) for number, word in enumerate(words))
    place = f'x="{x}" y="{y}" width="{width}" height="{LINE * len(words)}"'
    return f'<foreignObject {place}><div style="{style};line-height:{LINE}px">{lines}</div></foreignObject>'


def _line(word: str, *, strong: bool) -> str:
    text = f"<strong>{escape(word)}</strong>" if strong else escape(word.strip())
    indent = ' style="padding-left:8px"' if word.startswith("  ") else ""
    return f"<div{indent}>{text}</div>"


def _arrow(arrow: Arrow) -> str:
    """A curve between the sides that face each other, at the height of the boxes' names."""
    rightwards = arrow.end.x > arrow.start.x
    start = arrow.start.x + (WIDTH if rightwards else 0)
    end = arrow.end.x + (0 if rightwards else WIDTH)
    first = arrow.start.y + HEAD / 2
    last = min(max(first, arrow.end.y + HEAD / 2), arrow.end.y + arrow.end.height - HEAD / 2)
    middle = (start + end) / 2
    dash = ";stroke-dasharray:4 3" if arrow.dashed else ""
    return (
        f'<path d="M{start},{first} C{middle},{first} {middle},{last} {end},{last}" marker-end="url(#tip)" '
        f'style="fill:none;stroke:{FAINT};stroke-width:1.3{dash}"/>'
    )
