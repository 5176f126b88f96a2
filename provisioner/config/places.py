"""Line and column of every key of a TOML text, for messages about what it means."""

from __future__ import annotations

import bisect
from contextlib import suppress
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from provisioner.config.layout import LayoutUnknown, entries, key_parts, sections, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.config.layout import Section, Statement
    from provisioner.config.plan import KeyPath


class Place(NamedTuple):
    """Both count from 1; the column counts characters, a byte order mark at the start of the file is none."""

    line: int
    column: int


class Places:
    """Where the keys of a text stand."""

    def __init__(self, text: str) -> None:
        """``text`` is without byte order mark."""
        self._text = text
        self._known: dict[int, dict[KeyPath, int]] = {}

    def of(self, path: KeyPath) -> Place:
        """Where the last key of ``path`` is first written, or the nearest table around it that is."""
        while path:
            if offsets := list(self._offsets(path)):
                return self.at(min(offsets))
            path = path[:-1]
        return Place(1, 1)

    def at(self, offset: int) -> Place:
        """Line and column of an offset into the text."""
        line = bisect.bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1)

    def offset(self, place: Place) -> int:
        """The offset of a line and column, the end of the text at most."""
        start = self._lines[min(place.line, len(self._lines)) - 1]
        return min(start + place.column - 1, len(self._text))

    def written_twice(self, offset: int) -> tuple[KeyPath, Place] | None:
        """The last key before ``offset`` that stood there before, and where it stood first.

        For texts that are no TOML because of it; None where it cannot be told.
        """
        seen: dict[KeyPath, int] = {}
        found = None
        try:
            keys = (key for section in sections(self._text) for key in _keys(self._text, section))
            for path, start, whole in keys:
                if start > offset:
                    break
                if whole and path in seen:
                    found = (path, self.at(seen[path]))
                elif whole:
                    seen[path] = start
        except LayoutUnknown:
            return None
        return found

    @cached_property
    def _lines(self) -> list[int]:
        starts, position = [0], 0
        while position := self._text.find("\n", position) + 1:
            starts.append(position)
        return starts

    def _offsets(self, path: KeyPath) -> Iterator[int]:
        """Where ``path`` is first written: in each of the tables around it, and in a header."""
        for count in range(len(path)):
            for index in self._by_path.get(path[:count], ()):
                if path in self._below(index):
                    yield self._below(index)[path]
                    break
        if path in self._first:
            yield self._below(self._first[path])[path]

    @cached_property
    def _sections(self) -> list[Section]:
        try:
            return sections(self._text)
        except LayoutUnknown:
            return []

    @cached_property
    def _by_path(self) -> dict[KeyPath, list[int]]:
        found: dict[KeyPath, list[int]] = {}
        for index, section in enumerate(self._sections):
            found.setdefault(section.path, []).append(index)
        return found

    @cached_property
    def _first(self) -> dict[KeyPath, int]:
        """The first section whose header has a key, or the start of one."""
        found: dict[KeyPath, int] = {}
        for index, section in enumerate(self._sections):
            for count in range(1, len(section.path) + 1):
                found.setdefault(section.path[:count], index)
        return found

    def _below(self, index: int) -> dict[KeyPath, int]:
        """Where the keys stand that are written in one section, each for the first time."""
        if index not in self._known:
            found = self._known.setdefault(index, {})
            with suppress(LayoutUnknown):  # what comes after it is placed at the table around it
                for path, offset, _ in _keys(self._text, self._sections[index]):
                    found.setdefault(path, offset)
        return self._known[index]


def _keys(text: str, section: Section) -> Iterator[tuple[KeyPath, int, bool]]:
    """Each key of a section and each part of a dotted one: path, offset, and whether it is all that is written."""
    if section.path:
        for count, offset in enumerate(_parts(text, section.start, section.header_end, section.path), 1):
            yield section.path[:count], offset, count == len(section.path) and not section.array
    for statement in statements(text, section):
        yield from _statement(text, statement, section.path)


def _statement(text: str, statement: Statement, above: KeyPath) -> Iterator[tuple[KeyPath, int, bool]]:
    for count, offset in enumerate(_parts(text, statement.start, statement.value_start, statement.key), 1):
        yield (*above, *statement.key[:count]), offset, count == len(statement.key)
    for entry in entries(text, statement.value_start, statement.value_end) or ():
        yield from _statement(text, entry, (*above, *statement.key))


def _parts(text: str, start: int, end: int, path: KeyPath) -> list[int]:
    """Where the parts of ``path`` start; what follows them up to ``end`` (a comment) is not looked at."""
    return list(islice(key_parts(text, start, end), len(path)))
