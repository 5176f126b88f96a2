"""Lines of styled text, each as wide as the screen at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.prompts.key_hints import fragments
from provisioner.cli.prompts.width import cut, width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provisioner.cli.manager.state import Tone
    from provisioner.cli.prompts.key_hints import KeyHint
    from provisioner.cli.prompts.look import Look
    from provisioner.smoke.report import Verdict

Fragment = tuple[str, str]
Line = list[Fragment]

_MARGIN = " "
_KEPT = 3  # hints that go last: help and the ways out
_TONES: dict[Tone, str] = {"plain": "", "good": "class:good", "warning": "class:warn", "bad": "class:bad"}
_VERDICTS: dict[Verdict, Tone] = {"pass": "good", "fail": "bad", "unknown": "warning"}


def line(columns: int, *parts: Fragment, right: Fragment = ("", ""), more: str = "…") -> Line:
    """The parts behind a margin of one cell, cut where the screen ends; ``right`` ends where it ends.

    What stands at the right is left out where it would leave the rest less than half of the screen.
    """
    room = columns - len(_MARGIN)
    kept_right = right if width(right[1]) + 2 <= room // 2 else ("", "")
    if kept_right[1]:
        room -= width(kept_right[1]) + 2 + len(_MARGIN)
    made: Line = [("", _MARGIN)]
    for style, text in parts:
        shown = cut(text, room, more)
        made.append((style, shown))
        room -= width(shown)
        if shown != text:
            break
    if kept_right[1]:
        made += [("", " " * (room + 2)), kept_right]
    return made


def clipped(whole: Line, columns: int) -> Line:
    """A line without what does not fit, for terminals too narrow for anything clever."""
    kept: Line = []
    for style, text in whole:
        kept.append((style, cut(text, columns, "")))
        columns -= width(kept[-1][1])
    return kept


def wrapped(text: str, cells: int) -> Iterator[str]:
    """``text`` in lines of at most ``cells`` cells, broken at spaces where there are any; its own lines stay."""
    for paragraph in text.splitlines():
        yield from wrap(paragraph, cells)


def toned(tone: Tone) -> str:
    """The style of a tone."""
    return _TONES[tone]


def verdict_mark(verdict: Verdict, look: Look) -> Fragment:
    """The mark of a verdict, in its colour."""
    symbols = look.symbols
    marks = {"pass": symbols.done, "fail": symbols.failed, "unknown": symbols.unsure}
    return _TONES[_VERDICTS[verdict]], marks[verdict]


def keys(columns: int, hints: Sequence[KeyHint], look: Look) -> Line:
    """What the keys do. Where not all fit the first, the obvious one, goes, then others from the end but three."""
    return line(columns, *fragments(hints, columns - len(_MARGIN), look, last=_KEPT))
