"""Text measured in the cells of a terminal: CJK characters and emoji take two, combining marks none."""

from __future__ import annotations

from prompt_toolkit.utils import get_cwidth


def width(text: str) -> int:
    """How many cells ``text`` takes."""
    return len(text) if text.isascii() else get_cwidth(text)


def cut(text: str, cells: int, more: str = "…") -> str:
    """``text`` in at most ``cells`` cells; ``more`` ends one that was cut."""
    if width(text) <= cells:
        return text
    room = cells - width(more)
    if room < 0:
        return ""
    taken = 0
    for index, character in enumerate(text):
        taken += get_cwidth(character)
        if taken > room:
            return text[:index] + more
    return text


def fit(text: str, cells: int, *, right: bool = False, more: str = "…") -> str:
    """``text`` in exactly ``cells`` cells, cut or padded; padded on the left with ``right``."""
    text = cut(text, cells, more)
    padding = " " * (cells - width(text))
    return padding + text if right else text + padding
