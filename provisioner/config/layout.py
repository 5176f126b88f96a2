"""Where everything stands in a TOML text: one linear scan for its sections, then the statements of those that matter.

The text is valid TOML (tomllib has parsed it) without byte order mark. All positions are offsets into it; an end
never includes the newline. Comments and blank lines belong to no statement. What the scan cannot place it refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalog.patterns import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.config.plan import KeyPath

# Quantifiers of what may be long give back nothing of what they took (`*+`): nothing shorter could match.
_BASIC = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
_LITERAL = r"'[^'\n]*+'"
_PART = rf"(?:[A-Za-z0-9_-]++|{_BASIC}|{_LITERAL})"
_KEY = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*+"
_TAIL = r"[ \t]*+(?:#[^\n]*+|\r)?(?:\n|\Z)"
# `"` and `'` that open a string of one line, not one of three quotes.
_STRING = rf"""(?:(?!\"\"\"){_BASIC}|(?!'''){_LITERAL})"""
_ML_BASIC = r'"""[^"\\]*+(?:(?:\\[\s\S]|"{1,2}(?!"))[^"\\]*+)*+"{3,5}'
_ML_LITERAL = r"'''[^']*+(?:'{1,2}(?!')[^']*+)*+'{3,5}"
_ARRAY = rf"""\[[^\[\]{{}}"'#\n]*+(?:{_STRING}[^\[\]{{}}"'#\n]*+)*+\]"""
# The value of a statement that needs no further line, the common case.
_SHORT = rf"""(?:{_STRING}|{_ARRAY}|[^\s"'\[{{#](?:[^\n#]*[^\s#])?)"""

_HEADER = rf"[ \t]*+\[(\[?)[ \t]*({_KEY})[ \t]*\]\]?{_TAIL}"
_PLAIN = rf"[ \t]*+({_KEY})[ \t]*+=[ \t]*+({_SHORT}){_TAIL}"
# Many of those; bounded, so that a long section needs little memory.
_RUN = rf"(?:[ \t]*+{_KEY}[ \t]*+=[ \t]*+{_SHORT}{_TAIL}){{1,200}}+"
_BLANK = r"(?:[ \t]*+(?:#[^\n]*+|\r)?\n)++|[ \t]*+(?:#[^\n]*+)?\Z"
_ASSIGN = rf"[ \t\r\n]*({_KEY})[ \t]*=[ \t]*"
_VALUE = rf"""{_ML_BASIC}|{_ML_LITERAL}|{_BASIC}|{_LITERAL}|{_ARRAY}|[^\s"'\[\]{{}},#][^\]}},#\n]*"""
_TOKEN = rf"""{_ML_BASIC}|{_ML_LITERAL}|{_BASIC}|{_LITERAL}|#[^\n]*|[^\[\]{{}}"'#]+|[\[\]{{}}]"""
_SPACE = r"(?:[ \t\r\n]++|#[^\n]*+)*+"


class LayoutUnknown(Exception):
    """The scan met what it does not know; ``offset`` is where."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"unknown syntax at offset {offset}")
        self.offset = offset


class Statement(NamedTuple):
    """One ``key = value``, on its own lines or inside an inline table.

    Attributes:
        start: of the line; inside an inline table, of the key.
        end: of the last line, its comment included; inside an inline table, of the value.
        key: as written, dotted keys in their parts; relative to its section or inline table.
        value_start: of the value.
        value_end: of the value.
    """

    start: int
    end: int
    key: KeyPath
    value_start: int
    value_end: int


class Section:
    """A header and what belongs to it. The first section of a text is its top: no header, path ``()``.

    Attributes:
        path: the key in the header.
        array: whether it is an ``[[array]]`` header.
        start: of the header's line.
        header_end: of the header's line; 0 at the top.
        last: end of the last statement, of the header when there is none; 0 at the top of a text without any.
    """

    __slots__ = ("array", "header_end", "last", "path", "start")

    def __init__(self, path: KeyPath, *, array: bool, start: int, header_end: int) -> None:
        self.path = path
        self.array = array
        self.start = start
        self.header_end = header_end
        self.last = header_end


def sections(text: str) -> list[Section]:
    """All sections in order, the top first.

    Raises:
        LayoutUnknown: the scan lost its way.
    """
    found = [section := Section((), array=False, start=0, header_end=0)]
    run_at, header_at, blank_at = (compiled(pattern).match for pattern in (_RUN, _HEADER, _BLANK))
    position = 0
    while position < len(text):
        if run := run_at(text, position):
            position = run.end()
            section.last = _before_newline(text, position)
        elif header := header_at(text, position):
            end = _before_newline(text, header.end())
            section = Section(split_key(header[2]), array=bool(header[1]), start=position, header_end=end)
            found.append(section)
            position = header.end()
        elif blank := blank_at(text, position):
            position = blank.end()
        else:
            section.last = _statement(text, position).end
            position = next_line(text, section.last)
    return found


def statements(text: str, section: Section) -> Iterator[Statement]:
    """The statements of a section in order.

    Raises:
        LayoutUnknown: the scan lost its way.
    """
    position = next_line(text, section.header_end) if section.header_end else 0
    plain_at, blank_at = compiled(_PLAIN).match, compiled(_BLANK).match
    while position < section.last:
        if plain := plain_at(text, position):
            end = _before_newline(text, plain.end())
            yield Statement(position, end, split_key(plain[1]), *plain.span(2))
            position = plain.end()
        elif blank := blank_at(text, position):
            position = blank.end()
        else:
            statement = _statement(text, position)
            yield statement
            position = next_line(text, statement.end)


def commented(text: str) -> set[KeyPath]:
    """The first two parts of the key of each table that has a comment in it or in a table below it.

    Raises:
        LayoutUnknown: the scan lost its way.
    """
    found = set()
    for section in sections(text):
        if text.find("#", section.start, section.last) < 0:
            continue
        between = [text[section.start : section.header_end].rpartition("]")[2]]
        position = section.header_end
        for statement in statements(text, section):
            between += (text[position : statement.start], text[statement.value_end : statement.end])
            position = statement.end
        if any("#" in part for part in between):
            found.add(section.path[:2])
    return found


def entries(text: str, start: int, end: int) -> list[Statement] | None:
    """The entries of the inline table in ``text[start:end]``; ``None`` when the value there is no inline table.

    Raises:
        LayoutUnknown: the scan lost its way.
    """
    if text[start] != "{":
        return None
    found = []
    position = skip_space(text, start + 1)
    while text[position : position + 1] != "}":
        match = compiled(_ASSIGN).match(text, position)
        if match is None:
            raise LayoutUnknown(position)
        value_end = _value_end(text, match.end())
        found.append(Statement(match.start(1), value_end, split_key(match[1]), match.end(), value_end))
        position = skip_space(text, value_end)
        if text[position : position + 1] == ",":
            position = skip_space(text, position + 1)
        elif position != end - 1:
            raise LayoutUnknown(position)
    return found


def skip_space(text: str, position: int) -> int:
    """The next offset that is neither white space nor in a comment."""
    match = compiled(_SPACE).match(text, position)
    assert match is not None  # the pattern matches the empty string
    return match.end()


def line_end(text: str, position: int) -> int:
    """Where the line that holds ``position`` ends, before its newline."""
    newline = text.find("\n", position)
    if newline < 0:
        return len(text)
    return newline - 1 if newline > position and text[newline - 1] == "\r" else newline


def next_line(text: str, end: int) -> int:
    """The start of the line behind the one that ends at ``end``."""
    return text.find("\n", end) + 1 or len(text)


def split_key(key: str) -> KeyPath:
    """The parts of a key as written: bare, quoted, dotted."""
    if '"' not in key and "'" not in key:
        return tuple(part.strip(" \t") for part in key.split(".")) if "." in key else (key,)
    return tuple(_unquoted(part) for part in compiled(_PART).findall(key))


def key_parts(text: str, start: int, end: int) -> Iterator[int]:
    """Where the parts of the key in ``text[start:end]`` start, their quotes included."""
    return (part.start() for part in compiled(_PART).finditer(text, start, end))


def _unquoted(part: str) -> str:
    if part[0] == "'":
        return part[1:-1]
    if part[0] != '"':
        return part
    if "\\" in part:
        import tomllib

        (unescaped,) = tomllib.loads(f"{part} = 0")
        return unescaped
    return part[1:-1]


def _statement(text: str, start: int) -> Statement:
    match = compiled(_ASSIGN).match(text, start)
    if match is None:
        raise LayoutUnknown(start)
    value_end = _value_end(text, match.end())
    return Statement(start, line_end(text, value_end), split_key(match[1]), match.end(), value_end)


def _value_end(text: str, start: int) -> int:
    match = compiled(_VALUE).match(text, start)
    if match:
        end = match.end()
        while text[end - 1] in " \t\r":
            end -= 1
        return end
    depth = 0
    position = start
    while token := compiled(_TOKEN).match(text, position):
        position = token.end()
        if (first := text[token.start()]) in "[{":
            depth += 1
        elif first in "]}":
            depth -= 1
            if depth == 0:
                return position
    raise LayoutUnknown(start)


def _before_newline(text: str, position: int) -> int:
    """The end of the last line before ``position``, which stands behind a newline or at the end of the text."""
    if text[position - 1] != "\n":
        return position
    return position - 2 if text[position - 2] == "\r" else position - 1
