"""Whole lines taken out of a text and put into it so that the one undoes the other, byte for byte.

A newline belongs to the line behind it: a new line brings its newline before it, and a removed line takes the one
before it along. So whether a file ends with a newline, and in which of its lines CRLF stands, stays as it is.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from provisioner.config.layout import next_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Splice(NamedTuple):
    """``text[start:end]`` gives way to ``new``."""

    start: int
    end: int
    new: str


class Removal(NamedTuple):
    """Lines to take out: from the start of a line to the end of one.

    ``spaced``: with the blank line that sets them off, if there is one.
    """

    start: int
    end: int
    spaced: bool


class Insertion(NamedTuple):
    """Lines to put in behind the line that ends at ``after``, or before the first line when that is 0.

    ``rank`` orders insertions at one place; ``spaced``: set off by one blank line.
    """

    after: int
    rank: int
    lines: str
    spaced: bool


def newline_of(text: str) -> str:
    """The newline that most lines of the text end with."""
    crlf = text.count("\r\n")
    return "\r\n" if 2 * crlf > text.count("\n") else "\n"


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """``text`` after the splices, which are in order and apart from each other."""
    parts: list[str] = []
    position = 0
    for start, end, new in splices:
        parts += (text[position:start], new)
        position = end
    parts.append(text[position:])
    return "".join(parts)


def by_lines(text: str, removals: Sequence[Removal], insertions: Iterable[Insertion]) -> list[Splice]:
    """The splices that make these changes, in order. ``removals`` are in order and do not overlap."""
    newline = newline_of(text)
    cuts = _cuts(text, removals)
    groups: dict[int, list[Insertion]] = {}
    for insertion in sorted(insertions, key=lambda i: (i.after, i.rank)):
        groups.setdefault(insertion.after, []).append(insertion)
    splices: list[Splice] = []
    pending = deque(groups.items())
    for start, end in [*cuts, (len(text) + 1, len(text) + 1)]:  # the last stands for the end
        inside: list[Insertion] = []
        while pending and pending[0][0] <= end:
            after, group = pending.popleft()
            if start == 0 or after > start:
                inside += group
            elif after == 0:
                splices.append(Splice(0, 0, _first(group, newline, last=not text)))
            else:
                splices.append(Splice(after, after, _joined(group, newline)))
        if start > len(text):
            break
        if start == 0 and inside:
            splices.append(Splice(start, end, _first(inside, newline, last=end == len(text))))
        else:
            splices.append(Splice(start, end, _joined(inside, newline)))
    return splices


def in_braces(
    text: str, brace: int, entries: Sequence[tuple[int, int, bool]], new: Sequence[str]
) -> list[Splice]:
    """The splices that take entries out of the inline table that opens at ``brace`` and add new ones at its end.

    ``entries`` are ``(start, end, keep)``. Commas go with the entry behind them, for the first with the one before.
    """
    added = ", ".join(new)
    if not any(keep for _, _, keep in entries):
        if entries and new:
            return [Splice(entries[0][0], entries[-1][1], added)]
        if entries:
            return [Splice(brace + 1, entries[-1][1], "")]
        return [Splice(brace + 1, brace + 1, f" {added}" if text[brace + 1] != "}" else added)]
    splices = []
    kept_before = False
    for index, (start, end, keep) in enumerate(entries):
        if keep:
            kept_before = True
        elif kept_before:
            splices.append(Splice(entries[index - 1][1], end, ""))
        else:
            splices.append(Splice(start, entries[index + 1][0], ""))
    if new:
        splices.append(Splice(entries[-1][1], entries[-1][1], f", {added}"))
    return splices


def _cuts(text: str, removals: Sequence[Removal]) -> list[tuple[int, int]]:
    """What the removals cut out; one that starts at 0 leaves nothing before it."""
    cuts: list[tuple[int, int]] = []
    top = 0  # where the first kept line starts
    for start, end, spaced in removals:
        if start == top:
            top = next_line(text, end)
            if spaced and text[top : top + 2].lstrip("\r")[:1] == "\n":
                top = next_line(text, top)
            cuts = [(0, top)]
            continue
        begin = _line_before(text, start)
        if spaced and begin > top and text[begin - 1] == "\n":
            begin = _line_before(text, begin)
        cuts.append((begin, end))
    return cuts


def _joined(group: Iterable[Insertion], newline: str) -> str:
    """Lines behind a line: the newline, and the blank line, come first."""
    parts: list[str] = []
    for insertion in group:
        parts += (newline * (2 if insertion.spaced else 1), insertion.lines.replace("\n", newline))
    return "".join(parts)


def _first(group: Sequence[Insertion], newline: str, *, last: bool) -> str:
    """Lines with nothing before them: what follows is set off instead."""
    spaced = any(insertion.spaced for insertion in group)
    return _joined(group, newline).lstrip("\r\n") + newline * (2 if spaced and not last else 1)


def _line_before(text: str, start: int) -> int:
    """The end of the line before the one that starts at ``start``."""
    newline = start - 1
    return newline - 1 if newline > 0 and text[newline - 1] == "\r" else newline
