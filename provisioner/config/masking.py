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

from catalog.urls import masked_urls
from provisioner.config import values
from provisioner.config.layout import sections, statements
from provisioner.secrets import PREFIXES, is_secret_key, mask, masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provisioner.config.layout import Section
    from provisioner.config.plan import KeyPath

_SECRET_TABLES = frozenset({"env", "custom_headers"})

_LOOKS = re.compile(
    r"""
    (?P<scheme>(?i:bearer|basic)\s+)[^\s"'\\]{6,}              # an HTTP credential
  | (?P<flag>--[\w-]*(?:key|token|secret|password)["']?[=,\s]+["']?)[^\s"'\\,]+   # an argument of a command
  | \b"""
    + PREFIXES
    + r"""[\w.-]{12,}                                               # the prefixes that vendors give their keys
    """,
    re.VERBOSE,
)
_COMMENT = re.compile(r"#[^\n]*")
_COMMENTED_OUT = re.compile(
    r"""(?i)((?:key|token|secret|password|authorization)[\w-]*["']?\s*[=:]\s*)(\S[^\r]*)"""
)


def masked_text(text: str, shown: Sequence[tuple[int, int]] | None = None) -> str:
    """``text``, valid TOML, with its credentials masked and as many lines as before.

    Where only some lines are ``shown`` (ranges from 0, in order, apart), other sections are left empty.
    """
    return "".join(_parts(text, shown))


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
    position = section.start
    for statement in statements(text, section):
        yield _without_comments(text[position : statement.start])
        yield text[statement.start : statement.value_start]
        value = text[statement.value_start : statement.value_end]
        yield _value(value, (*section.path, *statement.key))
        position = statement.value_end
    yield _without_comments(text[position:end])


def _value(value: str, path: KeyPath) -> str:
    if (
        "{" in value
        or "//" in value
        or "\\" in value
        or any(part in _SECRET_TABLES or is_secret_key(part) for part in path)
    ):
        data = tomllib.loads(f"value = {value}")["value"]
        shown = _masked_below(data, path)
        if shown != data:
            value = values.value(shown) + "\n" * value.count("\n")
    return _LOOKS.sub(_unlike, value)


def _masked_below(data: Any, path: KeyPath) -> Any:
    for part in reversed(path):
        data = {part: data}
    data = masked(data)
    for part in path:
        data = data[part]
    return data


def _without_comments(text: str) -> str:
    return _COMMENT.sub(_comment, text) if "#" in text else text


def _comment(match: re.Match[str]) -> str:
    return _LOOKS.sub(_unlike, _COMMENTED_OUT.sub(_assigned, masked_urls(match[0])))


def _assigned(match: re.Match[str]) -> str:
    return match[1] + mask(match[2])


def _unlike(match: re.Match[str]) -> str:
    known = match["scheme"] or match["flag"] or ""
    return known + mask(match[0][len(known) :])
