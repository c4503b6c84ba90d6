"""A container beside a virtual machine: the drawing and its twin say the same."""

from __future__ import annotations

from xml.etree import ElementTree

from display.shown_picture import SVG, drawn_in

from dockyard.display.side_by_side import SideBySide

MACHINE = {"kernel": "6.12", "system": "Debian <12>", "user": "1000"}


def test_the_kernel_is_one_and_the_rest_the_containers_own() -> None:
    text = repr(SideBySide(MACHINE, {"kernel": "6.12", "system": "Debian 13", "user": "0"}))
    assert "6.12, the same" in text
    assert ", the same" not in repr(SideBySide(MACHINE, {"kernel": "5.1", "system": "Debian 13"}))
    assert "Debian <12>" in text


def test_the_drawing_has_a_text_twin_and_escapes_what_it_shows() -> None:
    figure = SideBySide(MACHINE, {"kernel": "6.12", "system": "<b>"})
    drawn = figure._repr_html_()
    assert "<b>" not in drawn
    assert "the same as text" in drawn
    words = {one.text for one in drawn_in(ElementTree.fromstring(drawn)).iter(f"{SVG}text")}
    assert {"system: <b>", "kernel 6.12, one for all"} <= words
