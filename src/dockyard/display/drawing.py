"""A drawing in a notebook, whether JupyterLab trusts the notebook or not.

Knows nothing about what is drawn. A trusted notebook shows the drawing itself, in the page's colours. One that is not
trusted loses every style sheet and every SVG, but keeps pictures: there the same drawing is one, in colours of its own.
"""

from __future__ import annotations

import base64
import re
from html import escape

__all__ = ["drawing"]

#: The page's colours where there is no page to ask: light, and dark where the browser prefers it.
_LIGHT = {
    "ui-font-color1": "#212121", "ui-font-color2": "#616161", "layout-color1": "#fff", "border-color1": "#bdbdbd",
    "success-color1": "#388e3c", "warn-color1": "#b07d00", "error-color1": "#d32f2f",
}  # fmt: skip
_DARK = {
    "ui-font-color1": "#e0e0e0", "ui-font-color2": "#bdbdbd", "layout-color1": "#111", "border-color1": "#616161",
    "success-color1": "#4caf50", "warn-color1": "#ffb74d", "error-color1": "#ef5350",
}  # fmt: skip
_HTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def drawing(name: str, svg: str, said: str) -> str:
    """HTML of an SVG element; `name` is a class that no other drawing has, `said` the picture's short description."""
    picture = base64.b64encode(_alone(svg).encode()).decode()
    return (
        f"<style>.{name}-drawn[hidden]{{display:block}}.{name}-picture{{display:none}}</style>"
        f'<div class="{name}-drawn" hidden="hidden">{svg}</div>'
        f'<img class="{name}-picture" alt="{escape(said)}" src="data:image/svg+xml;base64,{picture}" '
        'style="max-width:100%"/>'
    )


def _alone(svg: str) -> str:
    """The SVG as a document that needs no page around it."""
    colours = f"{_rule(_LIGHT)}@media(prefers-color-scheme:dark){{{_rule(_DARK)}}}"
    style = f"<style>{colours}svg{{background:var(--jp-layout-color1)}}</style>"
    named = re.sub(r"(<foreignObject [^>]*><div )", rf"\1{_HTML} ", svg)
    return named.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(">", f">{style}", 1)


def _rule(colours: dict[str, str]) -> str:
    return f":root{{{''.join(f'--jp-{name}:{colour};' for name, colour in colours.items())}}}"
