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


def wrap(text: str, cells: int) -> list[str]:
    """``text`` in lines of at most ``cells`` cells, broken between words; a longer word is broken where it must be."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width(joined) <= cells:
            lines[-1] = joined
            continue
        if not lines[-1]:
            lines.pop()
        *full, rest = _pieces(word, max(cells, 2))
        lines += [*full, rest]
    return lines


def _pieces(word: str, cells: int) -> list[str]:
    pieces, taken = [""], 0
    for character in word:
        wide = get_cwidth(character)
        if taken + wide > cells:
            pieces.append("")
            taken = 0
        pieces[-1] += character
        taken += wide
    return pieces
