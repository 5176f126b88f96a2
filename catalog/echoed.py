"""Finds a known key in the text of strangers, in whatever form it is sent back.

Servers quote keys in their messages: as they are, URL-encoded, as JSON or HTML escapes, as base64 (a whole ``Basic``
header among it) or hexadecimal, with characters between that cannot be seen or that a terminal obeys. All of these
read as the key again to whoever sees them.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from catalog.untrusted import INVISIBLE
from catalog.urls import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# Shorter ones are looked for as they are only: their other forms are found in ordinary text.
_LONG_ENOUGH = 8
_CODES = "00[01][0-9a-f]|0020|00a[0d]|034f|061c|180[b-f]|20[0-6][0-9a-f]|3164|fe0[0-9a-f]|feff"
# What may stand between the characters of a key; line breaks and spaces among it, as a long word may be broken.
# Backslashes too, one by one: each time that a text is put into JSON there are more of them.
_BETWEEN = re.compile(
    rf"(?i:\x1b\[[0-?]*[ -/]*[@-~]|[\s{INVISIBLE}]|\\u(?:{_CODES})|\\[nrt]|\\"
    r"|%(?:0[ad]|20|e2%80%[89a][0-9a-f]|ef%bb%bf)|&(?:\#8203|shy|zwn?j);)"
)
# So many of them in a row read like more of them. A place in a long row may begin a key, and each would be walked from.
_IN_A_ROW = 64
_LONG_ROW = re.compile(rf"((?>{_BETWEEN.pattern}){{{_IN_A_ROW}}})(?>{_BETWEEN.pattern})+")
# The longest form of one character, and what all forms but the character itself begin with.
_LONGEST_FORM = 16
_ESCAPES = ("\\", "%", "&", "\x1b")
_SEED = 8
# A text in which so many keys begin and do not go on was made to keep us busy.
_MOST_SEEDS = 1000
# A key that has begun and not ended is looked for so many characters from the end of a text.
_TAIL = 64 * 1024
_PART = 32


class _Pattern(NamedTuple):
    """The characters of a key in one encoding: for each the forms that it may have, in any case."""

    units: tuple[tuple[str, ...], ...]
    start: re.Pattern[str]


class Echoes:
    """Masks a set of keys.

    Args:
        keys: the keys; empty ones are none.
        shown: what stands in the place of a key that was found.
    """

    def __init__(self, keys: Iterable[str], shown: Callable[[str], str]) -> None:
        ordered = sorted({key for key in keys if key}, key=len, reverse=True)
        self._keys = [(key, shown(key), _patterns(key)) for key in ordered]

    def hide(self, text: str) -> str:
        """``text`` without the keys, nor the greater part of one that the end of the text cuts off.

        Of what may stand between the characters of a key not more is left in a row than reads like it.
        """
        text = self._whole(text)
        cut = self._open(text, least=_LONG_ENOUGH)
        return text if cut == len(text) else text[:cut] + HIDDEN

    def split(self, text: str) -> tuple[str, str]:
        """``text``, which may go on, without the keys, cut before the first place where another may have begun."""
        text = self._whole(text)
        cut = self._open(text, least=0)
        return text[:cut], text[cut:]

    def _whole(self, text: str) -> str:
        text = _LONG_ROW.sub(r"\1", text)
        for key, shown, patterns in self._keys:
            text = text.replace(key, shown)
            for pattern in patterns:
                text = _replaced(text, pattern, shown)
        return text

    def _open(self, text: str, *, least: int) -> int:
        patterns = (pattern for _, _, some in self._keys for pattern in some)
        return min((_begun(text, pattern, least) for pattern in patterns), default=len(text))


class Live:
    """Masks text that arrives in pieces: what may be the beginning of a key is held back until more is known."""

    def __init__(self, echoes: Echoes) -> None:
        self._echoes = echoes
        self._held = ""
        self._new = ""

    def feed(self, piece: str) -> str:
        """What can be shown now.

        What is held is looked at again when a part of its length has come, so that the work grows with the text.
        """
        self._new += piece
        if len(self._new) * _PART < len(self._held):
            return ""
        shown, self._held = self._echoes.split(self._held + self._new)
        self._new = ""
        return shown

    def finish(self) -> str:
        """The rest, when the text has ended."""
        rest, self._held, self._new = self._held + self._new, "", ""
        return self._echoes.hide(rest)


@lru_cache(maxsize=64)
def _patterns(key: str) -> tuple[_Pattern, ...]:
    if len(key) < _LONG_ENOUGH:
        return ()
    found = [_pattern([_forms(c) for c in key if not c.isspace()])]
    raw = key.encode("utf-8", "surrogatepass")
    for before in range(3):  # the same bytes look different at each of the three places in a group
        whole = base64.b64encode(b"\0" * before + raw).decode()
        core = whole[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        found.append(_pattern([_BASE64.get(c, (c,)) for c in core]))
    found.append(_pattern([tuple({c, c.upper()}) for c in raw.hex()]))
    return tuple(found)


_BASE64 = {"+": ("+", "-", "%2b", "%2B"), "/": ("/", "_", "%2f", "%2F")}


def _pattern(units: list[tuple[str, ...]]) -> _Pattern:
    seed = [f"(?:{'|'.join(map(re.escape, forms))})" for forms in units[:_SEED]]
    # A backslash before an n, r or t is one of an escape, or stands before a letter of the key.
    between = rf"(?:(?>{_BETWEEN.pattern})*|(?>\\+))"
    return _Pattern(tuple(units), re.compile(between.join(seed)))


def _forms(char: str) -> tuple[str, ...]:
    quoted = "".join(f"%{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
    halves = char.encode("utf-16-be", "surrogatepass").hex()
    escaped = "".join(f"\\u{halves[at : at + 4]}" for at in range(0, len(halves), 4))
    code = ord(char)
    forms = {
        char,
        quoted,
        quoted.upper(),
        quoted.replace("%", "%25"),
        quoted.upper().replace("%", "%25"),
        escaped,
        escaped.replace("\\", ""),
        escaped.upper().replace("\\U", "\\u"),
        f"x{code:02x}",
        f"&#{code};",
        f"&#x{code:x};",
        f"&#x{code:X};",
        escape(char),
    }
    return tuple(sorted(forms))


def _replaced(text: str, pattern: _Pattern, shown: str) -> str:
    parts, position, seeds = [], 0, 0
    for seed in pattern.start.finditer(text):
        ends, _ = _walk(text, seed.start(), pattern)
        if ends and seed.start() >= position:
            parts += [text[position : seed.start()], shown]
            position = max(ends)
        elif (seeds := seeds + 1) > _MOST_SEEDS:
            return HIDDEN
    return "".join([*parts, text[position:]]) if parts else text


def _begun(text: str, pattern: _Pattern, least: int) -> int:
    """Where the end of ``text`` cuts off a key of which ``least`` characters are there; its length if nowhere."""
    firsts = {form[0] for form in pattern.units[0]}
    for position in range(max(0, len(text) - _TAIL), len(text)):
        if text[position] in firsts:
            there = _walk(text, position, pattern)[1]
            if there is not None and there >= least:
                return position
    return len(text)


def _walk(text: str, start: int, pattern: _Pattern) -> tuple[set[int], int | None]:
    """Where the key that begins at ``start`` may end, and how many of its characters the end of the text cuts off after.

    The second is None where the text does not end inside of the key.
    """
    places, cut = {start}, None
    for index, forms in enumerate(pattern.units):
        reached: set[int] = set()
        for place in places:
            for at in _onwards(text, place) if index else (place,):
                rest = text[at : at + _LONGEST_FORM]
                reached |= {at + len(form) for form in forms if rest.startswith(form)}
                if len(rest) < _LONGEST_FORM and (
                    not rest
                    or (index and rest.startswith(_ESCAPES))
                    or any(len(rest) < len(form) and form.startswith(rest) for form in forms)
                ):
                    cut = index
        if not reached:
            return set(), cut
        places = reached
    return places, None


def _onwards(text: str, position: int) -> Iterator[int]:
    """``position``, and each one behind it that only what may stand between two characters leads to."""
    yield position
    while between := _BETWEEN.match(text, position):
        yield from (at for at in range(position + 1, between.end()) if text[at - 1] == "\\")
        position = between.end()
        yield position
