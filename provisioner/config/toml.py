"""The meaning of a TOML text, as tomllib has it, many times as fast where a program wrote the text.

Headers, comments, and statements of one line are read here if their value is a string without escapes, a list of such
strings, a whole number or a boolean. A statement of any other form is given to tomllib, with all that follows it up to
the next header. Where that does not settle it (a fault, a table that is written twice or in two ways) the whole text is
given to tomllib, which has the last word. So nothing is accepted that tomllib refuses, and no message is but its own.
``tests/config/test_toml.py`` holds the two to each other.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BASIC = r'"[^"\\\x00-\x08\x0a-\x1f\x7f]*+"'
_LITERAL = r"'[^'\x00-\x08\x0a-\x1f\x7f]*+'"
_PART = rf"(?:[A-Za-z0-9_-]++|{_BASIC}|{_LITERAL})"
_KEY = rf"{_PART}(?:\.{_PART})*+"
_LIST = rf"\[[ \t]*+(?:{_BASIC}[ \t]*+(?:,[ \t]*+{_BASIC}[ \t]*+)*+)?\]"
# A line without its newline. The group that matched last tells its form; a line of any other form does not match.
# No quantifier gives back what it took, so that no line takes longer than its length.
_LINE = re.compile(
    rf"""
    [ \t]*+
    (?:
        ([A-Za-z0-9_-]++) [ \t]*+ = [ \t]*+
        (?: "(?P<string>[^"\\\x00-\x08\x0a-\x1f\x7f]*+)"
          | (?P<other> true | false | 0 | [1-9][0-9]{{0,17}} | {_LIST} | {_LITERAL} ) )
      | \[ (?P<container> [A-Za-z0-9_-]++ ) \. "(?P<entry>[^"\\\x00-\x08\x0a-\x1f\x7f]*+)" \]
      | \[ (?P<table> {_KEY} ) \]
      | \[\[ (?P<array> {_KEY} ) \]\]
    )?+
    [ \t]*+ (?: \#[^\x00-\x08\x0a-\x1f\x7f]*+ )?+ \r?
    """,
    re.VERBOSE,
)
_STRING, _OTHER, _CONTAINER, _ENTRY, _TABLE, _ARRAY = (
    _LINE.groupindex[name] for name in ("string", "other", "container", "entry", "table", "array")
)
_TABLES = frozenset({_ENTRY, _TABLE})
_MOST = 4096  # lines that are remembered at a time
_PARTS = re.compile(_PART)
_STRINGS = re.compile(_BASIC)
_HEADER = re.compile(r"^[ \t]*+\[", re.MULTILINE)
_NEXT = re.compile(r"\n[ \t]*+\[")


class _Unsettled(Exception):
    """Only the whole text can tell what it means, or that it means nothing."""


def loads(text: str) -> dict[str, Any]:
    """What ``text`` means: the same values, types and order as from ``tomllib.loads``.

    Values of lines that are alike are one value, which in a large file saves a third of the memory: change none in place.

    Raises:
        ValueError: it is not TOML, or holds a number that Python refuses; the message is tomllib's.
        RecursionError: values are nested too deeply.
    """
    try:
        return _Reading(text).whole()
    except _Unsettled:
        import tomllib

        return tomllib.loads(text)


class _Reading:
    """A text on its way to a dict. What a header may do to a table depends on how the table came about."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: dict[str, Any] = {}
        # By id:
        self.implied: set[int] = set()  # tables named on the way to another, which may still get a header
        self.arrays: set[int] = set()  # lists of tables with headers
        self.inline: set[int] = set()  # tables without a header, to which no header may add
        self.statements: dict[str, tuple[str, Any]] = {}  # by line: most lines stand in many tables

    def whole(self) -> dict[str, Any]:
        if self.text.endswith("\r"):
            raise _Unsettled
        table, position = self.root, 0
        while position < len(self.text):
            table, position = self._lines(table, position)
        return self.root

    def _lines(self, table: dict[str, Any], start: int) -> tuple[dict[str, Any], int]:
        """Reads the lines up to the next header, or further where tomllib had to be asked.

        Returns:
            The table that statements belong to then, and where the next line starts.
        """
        header = _NEXT.search(self.text, start)
        end = header.start() + 1 if header else len(self.text)
        lines = self.text[start:end].rstrip("\n").split("\n")
        known: Callable[[str], Any] = self.statements.get
        for number, line in enumerate(lines, 1):
            statement = known(line)
            if statement is None and line:
                match = _LINE.fullmatch(line)
                if match is None:
                    return table, self._others(table, start + sum(map(len, lines[: number - 1])) + number - 1)
                if (form := match.lastindex) in _TABLES:
                    entry = match.group(_CONTAINER, _ENTRY) if form == _ENTRY else _parts(match[_TABLE])
                    table = self._open(*entry)
                    if all(rest := list(map(known, lines[number:]))):  # nothing new in the whole table
                        self._add(table, rest)
                        break
                elif form == _ARRAY:
                    table = self._append(*_parts(match[form]))
                elif form is not None:
                    statement = self._statement(match, form)
            if statement is not None:
                self._add(table, (statement,))
        return table, end

    @staticmethod
    def _add(table: dict[str, Any], statements: Sequence[tuple[str, Any]]) -> None:
        """Adds keys that must be new."""
        size = len(table)
        table.update(statements)
        if len(table) != size + len(statements):
            raise _Unsettled

    def _statement(self, match: re.Match[str], form: int) -> tuple[str, Any]:
        """The key and value of a line, which are remembered."""
        if len(self.statements) == _MOST:
            self.statements.clear()
        key, written = match.group(1, form)
        found = sys.intern(key), written if form == _STRING else _understood(written)
        self.statements[match.string] = found
        return found

    def _others(self, table: dict[str, Any], start: int) -> int:
        """Reads with tomllib what stands there up to the next header; returns where that is.

        It has ended where tomllib finds a whole text: within a string or a list it would find none.
        """
        import tomllib

        if _HEADER.match(self.text, start):
            raise _Unsettled
        header = _HEADER.search(self.text, start)
        end = header.start() if header else len(self.text)
        try:
            found = tomllib.loads(self.text[start:end])
        except (ValueError, RecursionError):
            raise _Unsettled from None
        if not found.keys().isdisjoint(table):
            raise _Unsettled
        self.inline.update(id(value) for value in found.values() if isinstance(value, dict))
        table.update(found)
        return end

    def _open(self, *key: str) -> dict[str, Any]:
        """The table of ``[key]``."""
        above, name = self._way(key), key[-1]
        table: dict[str, Any] = {}
        if name not in above:
            above[name] = table
        elif id(above[name]) in self.implied:
            table = above[name]
            self.implied.remove(id(table))
        else:
            raise _Unsettled
        return table

    def _append(self, *key: str) -> dict[str, Any]:
        """The table of ``[[key]]``."""
        above, name = self._way(key), key[-1]
        if name not in above:
            above[name] = []
            self.arrays.add(id(above[name]))
        elif id(above[name]) not in self.arrays:
            raise _Unsettled
        table: dict[str, Any] = {}
        above[name].append(table)
        return table

    def _way(self, key: tuple[str, ...]) -> dict[str, Any]:
        """The table that the last part of a header's key stands in."""
        table = self.root
        for part in key[:-1]:
            below = table.get(part)
            if below is None:
                below = table[part] = {}
                self.implied.add(id(below))
            elif id(below) in self.arrays:
                below = below[-1]
            elif not isinstance(below, dict) or id(below) in self.inline:
                raise _Unsettled
            table = below
        return table


def _parts(key: str) -> list[str]:
    return [part[1:-1] if part[0] in "\"'" else part for part in _PARTS.findall(key)]


def _understood(written: str) -> Any:
    match written[0]:
        case "[":
            return [string[1:-1] for string in _STRINGS.findall(written)]
        case "'":
            return written[1:-1]
        case "t" | "f":
            return written == "true"
        case _:
            return int(written)
