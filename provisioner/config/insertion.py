"""Where new text goes: behind which section a new table stands, and where exactly in the gap that follows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provisioner.config.blocks import around, blocks
from provisioner.config.layout import line_end
from provisioner.kimi_code.owner import provider_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from provisioner.config.blocks import Block
    from provisioner.config.layout import Section
    from provisioner.config.plan import KeyPath

# Comments that mean something to a program where they stand, at the top of the file: `#:schema`, `#!`, modelines.
_DIRECTIVE = r"#(?:[:!]|[ \t]*(?:-\*-|vim?:|ex:|code:|yaml-language-server))[^\n]*(?:\n|\Z)"


class InsertionPoints:
    """Finds the section behind which a new table belongs: each table with its kind.

    Args:
        text: of the file.
        sections: of the text, the top first.
        aliases: the ``models`` table that the text holds, to know the provider of each alias.
    """

    def __init__(self, text: str, sections: Sequence[Section], aliases: Mapping[str, Any]) -> None:
        self._text = text
        self._sections = sections
        self._gaps: dict[int, int] = {}
        self._blocks = blocks(text, sections)
        self._last: dict[KeyPath, int] = {}
        self._last_of_provider: dict[str, int] = {}
        self._first_alias: int | None = None
        for index, section in enumerate(sections):
            self._last[section.path[:1]] = self._last[section.path[:2]] = index
            if section.path[:1] == ("models",):
                if self._first_alias is None:
                    self._first_alias = index
                if len(section.path) > 1 and (provider := provider_name(aliases.get(section.path[1]))):
                    self._last_of_provider[provider] = index

    def after(self, path: KeyPath, content: Any) -> int:
        """The offset where the new table ``path`` goes, as :func:`gap` has it.

        A table of a known provider or alias follows that; a new alias follows the others of its provider; a new
        provider follows the other providers, else precedes the models; anything else goes to the end.
        """
        index = self._section(path, content)
        if index not in self._gaps:
            self._gaps[index] = self._outside(index)
        return self._gaps[index]

    def _outside(self, index: int) -> int:
        """Where a table goes behind section ``index``, or next to the marked block that this would be in."""
        offset = gap(self._text, self._sections, index)
        block = around(self._blocks, offset)
        if block is None:
            return offset
        if self._sections[index].last <= block.start:
            return before(self._text, block)
        last = max(i for i, section in enumerate(self._sections) if section.start < block.end)
        return block.end if self._sections[last].last <= block.end else self._outside(last)

    def _section(self, path: KeyPath, content: Any) -> int:
        for known in (path[:2], path[:1]):
            if known == ("models",) and (provider := provider_name(content)) in self._last_of_provider:
                return self._last_of_provider[provider]
            if known in self._last:
                return self._last[known]
        if path[0] == "providers" and self._first_alias is not None:
            return self._first_alias - 1
        return len(self._sections) - 1


def gap(text: str, sections: Sequence[Section], index: int) -> int:
    """The offset behind section ``index`` where a new table goes; 0 means before the first line.

    Comments directly above the next header belong to that header, but for directives that must stay on top of the
    file. Other comments belong to the section before.
    """
    start = sections[index].last
    stop = (
        len(text) if index + 1 == len(sections) else _comments_above(text, start, sections[index + 1].start)
    )
    content = len(text[start:stop].rstrip(" \t\r\n"))
    return line_end(text, start + content) if content else start


def before(text: str, block: Block) -> int:
    """The offset that puts something before a block, on the line before it; 0 when it starts the text."""
    content = len(text[: block.start].rstrip(" \t\r\n"))
    return line_end(text, content) if content else 0


def _comments_above(text: str, start: int, header: int) -> int:
    """Where the comments begin that belong to the header at ``header``; ``start`` is the end of what is before."""
    first = header
    while first > start:
        above = text.rfind("\n", 0, first - 1) + 1
        if above < start or not text[above:first].lstrip(" \t").startswith("#"):
            return first
        first = above
    if first == 0:
        while directive := re.compile(_DIRECTIVE).match(text, first, header):
            first = directive.end()
    return first
