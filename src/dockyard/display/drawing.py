"""A drawing in a notebook, whether JupyterLab trusts the notebook or not.

Knows nothing about what is drawn. A notebook that is not trusted loses every style sheet and every SVG, but keeps
pictures: so a drawing is one, in colours of its own. Light or dark, the page's theme says: what a picture prefers is
the colour scheme of its element, and JupyterLab sets that for all of the page. See CSS Color Adjustment, level 1.
"""

from __future__ import annotations

import base64
import re
from html import escape

__all__ = ["drawing"]

#: JupyterLab's colours, for a picture cannot ask its page: of the light theme, and of the dark.
_LIGHT = {
    "ui-font-color1": "#212121", "ui-font-color2": "#616161", "layout-color1": "#fff", "border-color1": "#bdbdbd",
    "success-color1": "#388e3c", "warn-color1": "#b07d00", "error-color1": "#d32f2f",
}  # fmt: skip
_DARK = {
    "ui-font-color1": "#e0e0e0", "ui-font-color2": "#bdbdbd", "layout-color1": "#111", "border-color1": "#616161",
    "success-color1": "#4caf50", "warn-color1": "#ffb74d", "error-color1": "#ef5350",
}  # fmt: skip
_HTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def drawing(svg: str, said: str, twin: str, *, narrowest: int = 0) -> str:
    """HTML of an SVG element; `said` is the picture's short description, `twin` the id of the same as text.

    It is as wide as the page at most, but never narrower than so many pixels.
    """
    picture = base64.b64encode(_alone(svg).encode()).decode()
    return (
        f'<img alt="{escape(said)}" aria-describedby="{twin}" src="data:image/svg+xml;base64,{picture}" '
        f'style="max-width:100%;min-width:{narrowest}px"/>'
    )


def _alone(svg: str) -> str:
    """The SVG as a document that needs no page around it."""
    colours = f"{_rule(_LIGHT)}@media(prefers-color-scheme:dark){{{_rule(_DARK)}}}"
    style = f"<style>{colours}svg{{background:var(--jp-layout-color1)}}</style>"
    named = re.sub(r"(<foreignObject [^>]*><div )", rf"\1{_HTML} ", svg)
    return named.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(">", f">{style}", 1)


def _rule(colours: dict[str, str]) -> str:
    return f":root{{{''.join(f'--jp-{name}:{colour};' for name, colour in colours.items())}}}"
