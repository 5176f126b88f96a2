"""Reading single values of a document that strangers wrote: any field may hold anything.

A value of the wrong type counts as absent, in catalogs, registries, config.toml and the answers of models alike.
Kimi Code reads the same documents with JavaScript's rules. Where those give a defined result it is matched here,
so that both tools write the same tables; where Kimi Code stops with an exception, the field counts as absent.
"""

from __future__ import annotations

import math
import re
from typing import Any

# Kimi Code refuses a config.toml with an integer above JavaScript's Number.MAX_SAFE_INTEGER.
MAX_INTEGER = 2**53 - 1
_LONGEST_ID = 256
_MANGLED = "\N{REPLACEMENT CHARACTER}"
# Compiled (by `re`) when the first text needs it: most are plain ASCII, and most commands read little else.
_DAY = r"\d{4}(?:-\d{2}){0,2}(?![\d-])"
# Characters that show nothing, as the inside of a class of a regular expression: controls, the blank "letters"
# (fillers, the empty braille pattern) and all that Unicode calls default-ignorable, variation selectors among them.
INVISIBLE = (
    "\\x00-\\x1f\\x7f-\\x9f\\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = f"[{INVISIBLE}]"
_COMMANDS = "\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[\x00-\x1f\x7f-\x9f\u2028\u2029]"
# What emoji, Persian, Indic and Mongolian letters and variants of Chinese ones are written with: joiners and selectors.
_WRITTEN_WITH = "\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SURROGATE = "[\ud800-\udfff]"


def text(value: Any) -> str | None:
    """A string that is not empty, else None."""
    return _encodable(value) if isinstance(value, str) and value else None


def string(value: Any) -> str:
    """A string as it is, else an empty one."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    """An object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """A list, else an empty one."""
    return value if isinstance(value, list) else []


def strings(value: Any) -> tuple[str, ...] | None:
    """A list of nothing but strings, else None."""
    if not isinstance(value, list):
        return None
    try:
        joined = "".join(value)
    except TypeError:  # one of them is no string
        return None
    return tuple(value) if joined.isascii() else tuple(map(_encodable, value))


def number(value: Any) -> float | None:
    """A finite number (true and false are none), else None. Integers stay integers."""
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def positive_integer(value: Any) -> int | None:
    """A positive whole number however large, also when written as ``1e5`` or ``131072.0``, else None."""
    found = number(value)
    return int(found) if found is not None and found > 0 and found == int(found) else None


def integer(value: Any) -> int | None:
    """A whole number of at least zero, rounded down from a float, else None: servers write counts as floats too."""
    found = number(value)
    return int(found) if found is not None and found > -1 else None


def first_integer(*values: Any) -> int | None:
    """The first of ``values`` that is a count."""
    return next((found for value in values if (found := integer(value)) is not None), None)


def day(value: Any) -> str | None:
    """A day as ``YYYY-MM-DD``, or its month or year alone, else None; what follows the day is left out."""
    found = re.match(_DAY, string(value))
    return found[0] if found else None


def truthy(value: Any) -> bool:
    """Whether JavaScript takes the value for true: empty lists and objects included, unlike in Python."""
    return isinstance(value, list | dict) or bool(value)


def contains(value: Any, member: str) -> bool:
    """Whether a list holds ``member``, or a string (where a list belongs) has it somewhere inside."""
    return isinstance(value, list | str) and member in value


def _encodable(value: str) -> str:
    # JSON can spell half a surrogate pair, which no file can hold.
    return value if value.isascii() else re.sub(_SURROGATE, _MANGLED, value)


def label(name: str | None) -> str | None:
    """A name that people are shown, without what would command their terminal; None where nothing is left to be seen.

    Escape sequences, controls, bidirectional characters, fillers and spaces without width go; joiners and variation
    selectors stay, as emoji and many scripts are written with them.
    """
    if name and not (name.isprintable() and (name.isascii() or not re.search(_INVISIBLE, name))):
        spaced = re.sub(_COMMANDS, " ", name)
        plain = " ".join(re.sub(f"(?![{_WRITTEN_WITH}]){_INVISIBLE}", "", spaced).split())
        name = plain[:_LONGEST_ID].rstrip()
        name = name if re.sub(_INVISIBLE, "", name) else None
    return name[:_LONGEST_ID] if name and not name.isspace() else None


def id_flaw(identifier: str) -> str | None:
    """Why an id may not become a key of config.toml and a word on a terminal; None when it may.

    Ids are free text in both documents. Characters that cannot be seen (controls, bidirectional overrides,
    zero-width) would let one id pass for another or rewrite the terminal, and ``..`` segments would climb out of
    whatever path an id is put in. Everything that is printed stays possible: ``a/b:c@d.e+f``, spaces, any script.
    """
    if len(identifier) > _LONGEST_ID:
        return f"its id is longer than {_LONGEST_ID} characters"
    strange = not identifier.isascii()
    if not identifier.isprintable() or (
        strange and (_MANGLED in identifier or re.search(_INVISIBLE, identifier))
    ):
        return "its id holds control or invisible characters"
    if identifier != identifier.strip():
        return "its id begins or ends with a space"
    if ".." in identifier and ".." in identifier.replace("\\", "/").split("/"):
        return "its id holds a '..' path segment"
    return None
