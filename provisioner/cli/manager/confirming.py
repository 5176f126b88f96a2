"""What is shown before something is done, and the question whether to do it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from provisioner.cli.prompts.width import wrap

if TYPE_CHECKING:
    from provisioner.cli.manager.effects import Write
    from provisioner.cli.prompts.asking import StyledText

# Lines around what is shown: the title and an empty line above, an empty one, the question and the keys below.
_AROUND = 5
# A line of a file stays a line: it is cut where the screen ends. Sentences go on in the next line.
_CUT = frozenset({"class:add", "class:remove", "class:hunk", "class:dim"})
_MARGIN = 2


@dataclass(frozen=True)
class Confirmation:
    """A question to be answered with yes or no.

    Attributes:
        question: ends with a question mark.
        effect: what yes asks for.
        yes: what the key ``y`` does, in a word.
        no: what the key ``n`` does.
        refused: what is said after no.
        shown: lines to look through before; they take the whole screen.
        top: the first of them on screen.
    """

    question: str
    effect: Write
    yes: str
    no: str
    refused: str
    shown: tuple[StyledText, ...] = field(default=(), repr=False)
    top: int = 0


def room(lines: int) -> int:
    """How many of the lines are on a screen of so many lines."""
    return max(lines - _AROUND, 1)


@lru_cache(maxsize=2)
def laid_out(shown: tuple[StyledText, ...], columns: int) -> list[StyledText]:
    """The lines as a screen of so many columns has them."""
    return [
        (style, part)
        for style, text in shown
        for part in ([text] if style in _CUT else wrap(text, columns - _MARGIN))
    ]


def scrolled(confirmation: Confirmation, key: str, columns: int, lines: int) -> Confirmation:
    """The same, moved by a key."""
    page = room(lines)
    last = max(len(laid_out(confirmation.shown, columns)) - page, 0)
    by = {"up": -1, "down": 1, "left": 1 - page, "pageup": 1 - page, "right": page - 1, "pagedown": page - 1}
    top = {"home": 0, "end": last}.get(key, confirmation.top + by.get(key, 0))
    return replace(confirmation, top=min(max(top, 0), last))
