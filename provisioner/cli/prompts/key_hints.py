"""The keys that work, in one line: what does not fit gives way in an order of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.prompts.width import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provisioner.cli.prompts.look import Look

# A key, and what it does.
KeyHint = tuple[str, str]


def fragments(
    hints: Sequence[KeyHint], cells: int, look: Look, *, last: int, first_goes: bool = False
) -> list[tuple[str, str]]:
    """The hints as styled text in ``cells`` cells.

    The ``last`` ones stay longest: the ways on and out. Of the others the hindmost goes first; with ``first_goes``
    the very first, which everyone knows, before it. Of the last ones the first stays whatever the room.
    """
    dot = f" {look.symbols.dot} "
    shown = list(hints)
    while len(shown) > 1 and width(dot.join(f"{key} {does}" for key, does in shown)) > cells:
        if len(shown) <= last:
            shown.pop()
        else:
            shown.pop(0 if first_goes and len(shown) == len(hints) else -last - 1)
    made: list[tuple[str, str]] = []
    for key, does in shown:
        made += [("class:dim", dot if made else ""), ("class:key", key), ("class:dim", f" {does}")]
    return made
