"""A change of config.toml for people to look at: unified, and without a single key in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from provisioner.config.masking import masked_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provisioner.config.splice import Splice

_CONTEXT = 3


class DiffLine(NamedTuple):
    """One line, ``text`` without its mark and newline; a hunk's, behind ``@@``, is ``-1,2 +1,4 @@``."""

    kind: Literal["hunk", "context", "remove", "add"]
    text: str


class _Block(NamedTuple):
    """Lines ``old_start:old_end`` give way to lines ``new_start:new_end`` of the new text, counted from 0."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def diff(old: str, new: str, splices: Sequence[Splice]) -> Iterator[DiffLine]:
    """The masked lines of the change from ``old`` to ``new`` that ``splices``, in order, make.

    The splices say where the texts differ, so the work is linear; a key that changes shows as a change even when
    it is masked to the same characters.
    """
    blocks = _blocks(old, new, splices)
    hunks = list(_hunks(blocks))
    shown = [(hunk[0].old_start - _CONTEXT, hunk[-1].old_end + _CONTEXT) for hunk in hunks]
    old_lines = _lines(masked_text(old, shown))
    new_lines = _lines(masked_text(new, [(block.new_start, block.new_end) for block in blocks]))
    for hunk in hunks:
        first, last = hunk[0], hunk[-1]
        start = max(first.old_start - _CONTEXT, 0)
        stop = min(last.old_end + _CONTEXT, len(old_lines))
        new_start = first.new_start - (first.old_start - start)
        new_stop = last.new_end + (stop - last.old_end)
        yield DiffLine("hunk", f"-{_range(start, stop)} +{_range(new_start, new_stop)} @@")
        position = start
        for block in hunk:
            yield from (DiffLine("context", line) for line in old_lines[position : block.old_start])
            yield from (DiffLine("remove", line) for line in old_lines[block.old_start : block.old_end])
            yield from (DiffLine("add", line) for line in new_lines[block.new_start : block.new_end])
            position = block.old_end
        yield from (DiffLine("context", line) for line in old_lines[position:stop])


def _blocks(old: str, new: str, splices: Sequence[Splice]) -> list[_Block]:
    """The lines that differ; splices that meet in a line make one block."""
    old_lines, new_lines = old.split("\n"), new.split("\n")
    position = line = shift = 0  # shift: by how many lines the new text is ahead
    spans: list[_Block] = []
    for start, end, text in splices:
        line += old.count("\n", position, start)
        first, lines = line, old.count("\n", start, end)
        line += lines
        position = end
        grown = text.count("\n") - lines
        if spans and spans[-1].old_end > first:
            last = spans.pop()
            spans.append(_Block(last.old_start, line + 1, last.new_start, line + 1 + shift + grown))
        else:
            spans.append(_Block(first, line + 1, first + shift, line + 1 + shift + grown))
        shift += grown
    return [_trimmed(span, old_lines, new_lines) for span in spans]


def _trimmed(block: _Block, old: Sequence[str], new: Sequence[str]) -> _Block:
    """The block without the lines that are the same at its ends."""
    old_start, old_end, new_start, new_end = block
    while old_start < old_end and new_start < new_end and old[old_start] == new[new_start]:
        old_start += 1
        new_start += 1
    while old_start < old_end and new_start < new_end and old[old_end - 1] == new[new_end - 1]:
        old_end -= 1
        new_end -= 1
    return _Block(old_start, old_end, new_start, new_end)


def _hunks(blocks: Sequence[_Block]) -> Iterator[list[_Block]]:
    """Blocks whose context would touch stand in one hunk."""
    hunk: list[_Block] = []
    for block in blocks:
        if hunk and block.old_start - hunk[-1].old_end > 2 * _CONTEXT:
            yield hunk
            hunk = []
        hunk.append(block)
    if hunk:
        yield hunk


def _lines(text: str) -> list[str]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if not lines[-1]:
        lines.pop()  # what follows the last newline is no line
    return lines


def _range(start: int, stop: int) -> str:
    """Lines in diff's notation: an empty range names the line before it."""
    count = stop - start
    return f"{start + 1 if count else start},{count}"
