"""Keys, values and new tables as TOML text, one canonical form for each."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from provisioner.errors import ConfigUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provisioner.config.plan import KeyPath

_PLAIN = frozenset({str, int, bool})
_BARE = re.compile(r"[A-Za-z0-9_-]+")
# Escaped although TOML would allow them raw: C1 controls, and what reorders or hides text on a screen.
_UNSAFE = re.compile(
    '[\x00-\x1f"\\\\\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udfff]'
)
_SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def key(name: str) -> str:
    """One part of a key, bare where TOML allows it."""
    return name if _BARE.fullmatch(name) else string(name)


def dotted(path: Iterable[str]) -> str:
    """A whole key."""
    return ".".join(map(key, path))


def string(text: str) -> str:
    """A basic string; what a screen would not show as it is, is escaped.

    Raises:
        ConfigUnwritable: the text holds half of a surrogate pair, which TOML cannot express.
    """
    return f'"{_UNSAFE.sub(_escaped, text)}"'


def value(item: Any) -> str:
    """A value on one line; tables inline.

    Raises:
        ConfigUnwritable: a text in it cannot be expressed.
        TypeError: TOML has no such type.
    """
    if isinstance(item, str):
        return string(item)
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int):
        return repr(item)
    if isinstance(item, list | tuple):
        return f"[{', '.join(map(value, item))}]"
    if isinstance(item, dict):
        return f"{{ {', '.join(f'{key(k)} = {value(v)}' for k, v in item.items())} }}" if item else "{}"
    return _rare(item)


def statement(name: str, item: Any) -> str:
    """``name = value``, without a table that it stands in.

    Raises:
        ConfigUnwritable, TypeError: as :func:`value`.
    """
    if type(item) in _PLAIN:
        return _kept(name, item)
    if type(item) is list and set(map(type, item)) == {str}:
        return _kept(name, tuple(item))
    return _statement(name, item)


def _statement(name: str, item: Any) -> str:
    return f"{key(name)} = {value(item)}"


_kept = lru_cache(maxsize=4096, typed=True)(_statement)  # most tables of an import say the same


def table(path: KeyPath, content: Mapping[str, Any]) -> list[str]:
    """A new table as blocks of text, a header each: its own values first, then the tables below it.

    A table that holds nothing but tables gets no header of its own.
    """
    lines, below = [f"[{dotted(path)}]"], []
    for name, item in content.items():
        if isinstance(item, dict):
            below += table((*path, name), item)
        else:
            lines.append(statement(name, item))
    if below and len(lines) == 1:
        return below
    return ["\n".join(lines), *below]


def _rare(item: Any) -> str:
    """Fractions, dates and times: no import writes them, but a user's table that is rewritten may hold some."""
    import tomlkit
    from tomlkit.exceptions import ConvertError

    try:
        text: str = tomlkit.item(item).as_string()
    except ConvertError as error:
        raise TypeError(f"no TOML value: {type(item).__name__}") from error
    return text


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if "\ud800" <= character <= "\udfff":
        raise ConfigUnwritable(
            "a text cannot be written to config.toml: it holds half of a surrogate pair",
            hint="correct it at its source",
        )
    return f"\\u{ord(character):04x}"
