"""Characters that a person does not see, or takes for others: what they are called."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Unseen although Unicode counts them as letters or marks: fillers, the joiner, variation selectors.
_FILLERS = "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_QUOTES = "[\u2018-\u201f\u00ab\u00bb\u2032\u2033\uff02\uff07]"
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u03bf\u03bd\u03b1\u03c1\u03b9",
    "aeopcyxijsdhovapi",
)


def hidden(text: str) -> Iterator[tuple[int, str]]:
    """Where a character stands that looks like nothing, or like a space and is none, and which it is."""
    for offset, character in enumerate(text) if not text.isascii() else ():
        kind = unicodedata.category(character)
        if (kind in ("Cf", "Zs", "Zl", "Zp") and character != " ") or re.match(_FILLERS, character):
            yield offset, named(character)


def curly(text: str) -> Iterator[tuple[int, str]]:
    """Where a quotation mark of a word processor stands, and which it is."""
    for found in re.finditer(_QUOTES, text):
        yield found.start(), named(found[0])


def named(character: str) -> str:
    """``U+200B ZERO WIDTH SPACE``."""
    mark = " (a byte order mark)" if character == "\ufeff" else ""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'without a name')}{mark}"


def visible(text: str) -> str:
    """``text`` without its hidden characters; spaces of other kinds become plain ones."""
    unseen = {offset for offset, _ in hidden(text)}
    plain = (
        c if i not in unseen else " " if unicodedata.category(c) == "Zs" else "" for i, c in enumerate(text)
    )
    return "".join(plain)


def folded(text: str) -> str:
    """What a reader takes ``text`` for: without case, hidden characters and letters of other scripts that look Latin."""
    if text.isascii():
        return text.casefold().strip()
    return unicodedata.normalize("NFKC", visible(text)).casefold().translate(_LOOKALIKES).strip()
