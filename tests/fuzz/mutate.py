"""Changes of an input that keep most of its form: JSON stays JSON, lines stay lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**53, 2**63, 2**64, 10**30, 1.5, -0.0, 1e300),
    *("", " ", "a", "a/b", "é", "\u202e", "\x1b[31m", "\u2028", "\ud800", "\x00", "__proto__", "${VAR}"),
    *("https://h.test/v1", "http://127.0.0.1:9/v1", "https://u:p@h.test", "ftp://h.test", "//h.test"),
    *([], {}, [[]], [{}], {"a": {}}, [""], {"": ""}),
)


def json_mutated(value: Any, chance: random.Random, words: Sequence[Any]) -> Any:
    """``value`` with a few changes at places of its own; the value itself stays as it is."""
    value = json.loads(json.dumps(value))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        value = _changed(value, chance, words)
    return value


def _changed(value: Any, chance: random.Random, words: Sequence[Any]) -> Any:
    holders = list(_holders(value))
    if not holders:
        return json.loads(json.dumps(chance.choice((*_ODD, *words))))
    holder = chance.choice(holders)
    places: list[Any] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    odd = json.loads(json.dumps(chance.choice(_ODD)))  # a copy: what is put in may be changed later
    new = chance.choice((odd, chance.choice(words), _copied(value, chance)))
    if not places or chance.random() < 1 / 4:
        if isinstance(holder, dict):
            holder[_name(words, chance)] = new
        else:
            holder.insert(chance.randint(0, len(holder)), new)
        return value
    place = chance.choice(places)
    what = chance.random()
    if what < 1 / 5:
        del holder[place]
    elif what < 2 / 5 and isinstance(holder, dict):
        holder[_name(words, chance)] = holder.pop(place)
    elif what < 3 / 5 and isinstance(holder[place], str):
        holder[place] = _text(holder[place], chance, words)
    else:
        holder[place] = new
    return value


def _holders(value: Any) -> list[Any]:
    found, stack = [], [value]
    while stack:
        value = stack.pop()
        if isinstance(value, dict | list):
            found.append(value)
            stack += value.values() if isinstance(value, dict) else value
    return found


def _copied(value: Any, chance: random.Random) -> Any:
    """A copy of something that stands elsewhere."""
    holder = chance.choice(_holders(value))
    members = list(holder.values()) if isinstance(holder, dict) else holder
    return json.loads(json.dumps(chance.choice(members))) if members else None


def _name(words: Sequence[Any], chance: random.Random) -> str:
    return chance.choice([word for word in (*words, *_ODD) if isinstance(word, str)])


def _text(text: str, chance: random.Random, words: Sequence[Any]) -> str:
    place = chance.randint(0, len(text))
    return text[:place] + _name(words, chance) + text[chance.randint(place, len(text)) :]


def lines_mutated(text: str, chance: random.Random, pieces: Sequence[str]) -> str:
    """``text`` with a few lines put in, taken out, moved, joined, or with a piece inside of one."""
    lines = text.split("\n")
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                lines.insert(at, chance.choice(pieces))
            case 1 if len(lines) > 1:
                del lines[at]
            case 2:
                lines.insert(chance.randrange(len(lines)), lines[at])
            case 3 if at:
                lines[at - 1 : at + 1] = [lines[at - 1] + chance.choice((" ", "", "\t", "\r")) + lines[at]]
            case 4 | 5:
                place = chance.randint(0, len(lines[at]))
                rest = lines[at][chance.randint(place, min(len(lines[at]), place + 8)) :]
                lines[at] = lines[at][:place] + chance.choice(pieces) + rest
            case _:
                lines[at], lines[-at] = lines[-at], lines[at]
    return "\n".join(lines)
