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
    hints: Sequence[KeyHint], cells: int, look: Look, *, last: int, goes: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """The hints as styled text in ``cells`` cells.

    Those whose keys are in ``goes`` give way first, in that order; else the very first, which everyone knows. Then the
    hindmost, but the ``last`` ones stay longest: the ways on and out, and of them the first whatever the room.
    """
    dot = f" {look.symbols.dot} "
    shown, ways = list(hints), hints[-last:]
    early = list(goes or (key for key, _ in hints[: len(hints) > last]))
    while len(shown) > 1 and width(dot.join(f"{key} {does}" for key, does in shown)) > cells:
        if early:
            key = early.pop(0)
            shown = [hint for hint in shown if hint[0] != key]
        else:
            shown.remove(next((hint for hint in reversed(shown) if hint not in ways), shown[-1]))
    made: list[tuple[str, str]] = []
    for key, does in shown:
        made += [("class:dim", dot if made else ""), ("class:key", key), ("class:dim", f" {does}")]
    return made
