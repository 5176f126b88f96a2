"""Lines of styled text, each as wide as the screen at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.prompts.width import cut, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provisioner.cli.manager.state import Tone
    from provisioner.cli.prompts.look import Look
    from provisioner.smoke.report import Verdict

Fragment = tuple[str, str]
Line = list[Fragment]

_MARGIN = " "
_KEPT = 3  # hints that go last: help and the ways out
_TONES: dict[Tone, str] = {"plain": "", "good": "class:good", "warning": "class:warn", "bad": "class:bad"}
_VERDICTS: dict[Verdict, Tone] = {"pass": "good", "fail": "bad", "unknown": "warning"}


def line(columns: int, *fragments: Fragment, right: Fragment = ("", ""), more: str = "…") -> Line:
    """The fragments behind a margin of one cell, cut where the screen ends; ``right`` ends where it ends.

    What stands at the right is left out where it would leave the rest less than half of the screen.
    """
    room = columns - len(_MARGIN)
    kept_right = right if width(right[1]) + 2 <= room // 2 else ("", "")
    if kept_right[1]:
        room -= width(kept_right[1]) + 2 + len(_MARGIN)
    made: Line = [("", _MARGIN)]
    for style, text in fragments:
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
        yield from _wrapped(paragraph, max(cells, 2))


def _wrapped(rest: str, cells: int) -> Iterator[str]:
    while width(rest) > cells:
        head = cut(rest, cells, "")
        at = head.rfind(" ")
        if rest[len(head)] != " " and at > 0:
            head = head[:at]
        yield head.rstrip()
        rest = rest[len(head) :].lstrip()
    yield rest


def toned(tone: Tone) -> str:
    """The style of a tone."""
    return _TONES[tone]


def verdict_mark(verdict: Verdict, look: Look) -> Fragment:
    """The mark of a verdict, in its colour."""
    symbols = look.symbols
    marks = {"pass": symbols.done, "fail": symbols.failed, "unknown": symbols.unsure}
    return _TONES[_VERDICTS[verdict]], marks[verdict]


def keys(columns: int, hints: Sequence[tuple[str, str]], look: Look) -> Line:
    """What the keys do. Where not all fit the first, the obvious one, goes, then others from the end but three."""
    dot = f" {look.symbols.dot} "
    shown = list(hints)
    while len(shown) > _KEPT and _length(shown, dot) > columns:
        shown.pop(0 if len(shown) == len(hints) else -_KEPT - 1)
    fragments: Line = []
    for key, action in shown:
        fragments += [
            ("class:dim", dot if fragments else ""),
            ("class:key", key),
            ("class:dim", f" {action}"),
        ]
    return line(columns, *fragments)


def _length(hints: list[tuple[str, str]], dot: str) -> int:
    return len(_MARGIN) + width(dot.join(f"{key} {action}" for key, action in hints))
