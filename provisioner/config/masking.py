"""A TOML text with every credential in it masked, line for line, so that parts of it can be shown.

Values are masked by their keys, as everywhere. Text that has no key (comments, commands of hooks) and URLs are masked
by their looks: better a harmless word too many than a key too few.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from catalog.urls import HIDDEN, masked_urls
from provisioner.config import values
from provisioner.config.layout import sections, statements
from provisioner.secrets import is_secret_key, mask, mask_prefixed, masked, unprefixed_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provisioner.config.layout import Section
    from provisioner.config.plan import KeyPath

_SECRET_TABLES = frozenset({"env", "custom_headers"})

_LOOKS = re.compile(
    r"""
    (?P<scheme>(?i:bearer|basic)\s+)[^\s"'\\]{6,}              # an HTTP credential
  | (?P<flag>--[\w-]{0,64}(?:key|token|secret|password)["']?[=,\s]+["']?)[^\s"'\\,]+   # an argument of a command
    """,
    re.VERBOSE,
)
_COMMENT = re.compile(r"#([^\r\n]*)")
_COMMENTED_OUT = re.compile(
    r"""(?i)((?:key|token|secret|password|authorization)[\w-]{0,64}+["']?\s*+[=:]\s*)(\S[^\r]*)"""
)
_ANY_COMMENTED_OUT = re.compile(r"([=:]\s*)(\S[^\r]*)")
# A word of a comment, and a UUID, which some vendors give as keys.
_WORD = re.compile(r"[A-Za-z0-9_+=]{16,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONGEST_WORD = 24  # of a language


def masked_text(text: str, shown: Sequence[tuple[int, int]] | None = None) -> str:
    """``text``, valid TOML, with its credentials masked and as many lines as before.

    Where only some lines are ``shown`` (ranges from 0, in order, apart), other sections are left empty.
    """
    masked_lines = "".join(_parts(text, shown))
    for key in unprefixed_keys(masked_lines):
        masked_lines = masked_lines.replace(key, mask(key))
    return mask_prefixed(masked_lines)


def _parts(text: str, shown: Sequence[tuple[int, int]] | None) -> Iterator[str]:
    found = sections(text)
    line = 0
    for section, end in zip(found, [*(following.start for following in found[1:]), len(text)], strict=True):
        lines = text.count("\n", section.start, end)
        if shown is None or _meet(shown, line, line + lines):
            yield from _section(text, section, end)
        else:
            yield "\n" * lines
        line += lines


def _meet(shown: Sequence[tuple[int, int]], first: int, last: int) -> bool:
    """Whether one of these lines is shown."""
    index = bisect_right(shown, last, key=itemgetter(0)) - 1
    return index >= 0 and shown[index][1] > first


def _section(text: str, section: Section, end: int) -> Iterator[str]:
    position, hidden = section.start, False  # whether the last value was
    for statement in statements(text, section):
        path = (*section.path, *statement.key)
        yield _without_comments(text[position : statement.start], section.path, behind_secret=hidden)
        yield text[statement.start : statement.value_start]
        value = text[statement.value_start : statement.value_end]
        shown = _value(value, path)
        yield shown
        position, hidden = statement.value_end, _is_secret(path) or shown != value
    yield _without_comments(text[position:end], section.path, behind_secret=hidden)


def _value(value: str, path: KeyPath) -> str:
    if "{" in value or "//" in value or "\\" in value or _is_secret(path):
        data = tomllib.loads(f"value = {value}")["value"]
        shown = _masked_below(data, path)
        if shown != data:
            value = values.value(shown) + "\n" * value.count("\n")
    if "#" in value and "\n" in value:  # an array in lines of its own may have comments
        value = _COMMENT.sub(lambda found: _comment(found[0], path), value)
    return _LOOKS.sub(_unlike, value)


def _is_secret(path: KeyPath) -> bool:
    return any(part in _SECRET_TABLES or is_secret_key(part) for part in path)


def _masked_below(data: Any, path: KeyPath) -> Any:
    for part in reversed(path):
        data = {part: data}
    data = masked(data)
    for part in path:
        data = data[part]
    return data


def _without_comments(text: str, path: KeyPath, *, behind_secret: bool) -> str:
    """What stands between two values; a comment in the line of a secret may be an older one, and is not shown."""
    if "#" not in text:
        return text
    line, newline, rest = text.partition("\n") if behind_secret else ("", "", text)
    line = _COMMENT.sub(f"# {HIDDEN}", line)
    return line + newline + _COMMENT.sub(lambda found: _comment(found[0], path), rest)


def _comment(comment: str, path: KeyPath) -> str:
    """A comment without what may be a key; ``path`` is the table it stands in."""
    assigned = _ANY_COMMENTED_OUT if _is_secret(path) else _COMMENTED_OUT
    comment = assigned.sub(_assigned, masked_urls(comment))
    return _LOOKS.sub(_unlike, _WORD.sub(_random, comment))


def _random(match: re.Match[str]) -> str:
    word = match[0]
    mixed = any(map(str.isdigit, word)) and any(map(str.isalpha, word))
    return mask(word) if mixed or len(word) >= _LONGEST_WORD else word


def _assigned(match: re.Match[str]) -> str:
    return match[1] + mask(match[2])


def _unlike(match: re.Match[str]) -> str:
    known = match["scheme"] or match["flag"] or ""
    return known + mask(match[0][len(known) :])
