"""Blocks that another tool keeps between two marker comments: nothing new is written into them.

``# >>> name >>>`` and ``# <<< name <<<``, ``# BEGIN name`` and ``# END name`` (start and stop or end, region and
endregion), in any case and with any punctuation around. A tool that rewrites its block drops what it did not write.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from provisioner.config.layout import line_end, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provisioner.config.layout import Section

_MARKER = re.compile(
    r"^[ \t]*#[^\w\n<>]*(?P<word>>>>+|<<<+|begin\b|end\b|start\b|stop\b|region\b|endregion\b)(?P<label>[^\n]*)$",
    re.MULTILINE | re.IGNORECASE,
)
_OPENS = {">": "<", "begin": "end", "start": "end", "region": "endregion"}
_SAME = {"stop": "end"}  # what closes like another word
_NOISE = re.compile(r"\([^)]*\)|[^\w]+")


class Block(NamedTuple):
    """A marked block: the offset of its first line, and the end of its last."""

    start: int
    end: int


class _Mark(NamedTuple):
    offset: int
    word: str
    label: str


def blocks(text: str, sections: Sequence[Section]) -> list[Block]:
    """The outermost marked blocks of a text, in order; a marker without its other half opens none."""
    marks = list(_marks(text, sections)) if _MARKER.search(text) else []
    found: list[Block] = []
    for index, mark in enumerate(marks):
        if mark.word not in _OPENS or (found and mark.offset < found[-1].end):
            continue
        for other in marks[index + 1 :]:
            if other.word == _OPENS[mark.word] and _belong(mark, other):
                found.append(Block(mark.offset, line_end(text, other.offset)))
                break
    return found


def around(found: Sequence[Block], offset: int) -> Block | None:
    """The block that something put in at ``offset`` would stand in; None outside of all."""
    index = bisect_right(found, offset, key=lambda block: block.start) - 1
    return found[index] if index >= 0 and found[index].start < offset < found[index].end else None


def _marks(text: str, sections: Sequence[Section]) -> Iterator[_Mark]:
    """The markers that are comments, and no text inside a string or an array."""
    starts = [section.start for section in sections]
    for match in _MARKER.finditer(text):
        section = sections[bisect_right(starts, match.start()) - 1]
        if match.start() < section.last and any(
            s.start < match.start() < s.end for s in statements(text, section)
        ):
            continue
        word = match["word"].lower()
        word = word[0] if word[0] in "<>" else _SAME.get(word, word)
        yield _Mark(match.start(), word, _NOISE.sub(" ", match["label"]).strip().lower())


def _belong(start: _Mark, end: _Mark) -> bool:
    one, other = sorted((start.label, end.label), key=len)
    if start.word in {">", "region"}:
        return other.startswith(one)
    return bool(one) and other.startswith(one)
