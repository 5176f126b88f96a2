"""What a terminal can do, decided once: colour, characters outside ASCII, moving the cursor."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.cli.terminal import colour_asked

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Symbols:
    """Marks that carry meaning without colour; each is one cell wide, boxes excepted."""

    pointer: str = "\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}"
    marked: str = "◉"
    unmarked: str = "○"
    done: str = "✓"
    failed: str = "✗"
    unsure: str = "?"
    then: str = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
    dot: str = "·"
    more: str = "…"
    up: str = "↑"
    down: str = "↓"


_ASCII = Symbols(
    pointer=">",
    marked="[x]",
    unmarked="[ ]",
    done="ok",
    failed="x",
    then=">",
    dot="-",
    more="~",
    up="^",
    down="v",
)


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw.

    Attributes:
        colour: colours may be used; bold and reverse always may.
        symbols: outside ASCII only where the terminal's encoding has them.
        plain: the cursor cannot be moved (``TERM=dumb``): ask line by line, as a screen reader can follow.
    """

    colour: bool = True
    symbols: Symbols = Symbols()
    plain: bool = False

    @classmethod
    def of(cls, env: Mapping[str, str], stream: Any) -> Look:
        """The look for a terminal, from the environment's words on colour and ``TERM``, and the stream's encoding."""
        return cls(
            colour=colour_asked(env) is not False,
            symbols=Symbols() if _is_utf8(getattr(stream, "encoding", None)) else _ASCII,
            plain=_term(env) in ("dumb", "unknown", ""),
        )


def _term(env: Mapping[str, str]) -> str:
    # Windows sets no TERM, and its consoles move the cursor all the same.
    return env.get("TERM", "windows" if os.name == "nt" else "")


def _is_utf8(encoding: str | None) -> bool:
    try:
        return codecs.lookup(encoding or "ascii").name == "utf-8"
    except LookupError:
        return False
