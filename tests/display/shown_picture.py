"""The drawing that a notebook shows as a picture."""

from __future__ import annotations

import base64
from xml.etree import ElementTree

#: As ElementTree names what HTML there is in a drawing.
HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


def drawn_in(page: ElementTree.Element) -> ElementTree.Element:
    """The SVG of the one picture on a page."""
    (picture,) = page.iter("img")
    kind, _, data = str(picture.get("src")).partition(",")
    assert kind == "data:image/svg+xml;base64"
    svg = ElementTree.fromstring(base64.b64decode(data))
    assert svg.tag == f"{SVG}svg"
    return svg
