"""HTML and SVG as a tree of elements: no text can become markup, since none is ever pasted into any."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from provisioner.report.text import printable

Child = ET.Element | str | None


def tag(name: str, /, *children: Child, **attributes: str | float | None) -> ET.Element:
    """An element. ``class_`` and ``aria_label`` stand for ``class`` and ``aria-label``; None is left out."""
    element = ET.Element(
        name,
        {
            key.rstrip("_").replace("_", "-"): printable(str(value))
            for key, value in attributes.items()
            if value is not None
        },
    )
    for child in children:
        if isinstance(child, ET.Element):
            element.append(child)
        elif child is not None:
            _add_text(element, printable(child))
    return element


def _add_text(element: ET.Element, text: str) -> None:
    """Text belongs to the element, or to its last child as the tail."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def to_html(root: ET.Element) -> str:
    """The whole document."""
    return f"<!DOCTYPE html>\n{ET.tostring(root, encoding='unicode', method='html')}\n"
