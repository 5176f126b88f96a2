"""Why a text is no TOML: tomllib's words and the place that it names, and what it does not say."""

from __future__ import annotations

import re
from itertools import chain

from provisioner.characters import curly, hidden
from provisioner.config.places import Place, Places
from provisioner.config.values import dotted

_TWICE = re.compile("cannot (?:declare|overwrite|mutate)")
# tomllib says where it stopped in its text only; `lineno` attributes came with Python 3.14.
_POSITION = re.compile(r"\s*\((?:at line (\d+), column (\d+)|at end of document)\)$")


def explained(text: str, reason: str) -> tuple[str, Place | None]:
    """What tomllib says, and what it does not: the character that nobody sees, where a key stood first."""
    reason = reason[:1].lower() + reason[1:]
    position = _POSITION.search(reason)
    if position is None:
        return reason, None
    reason = _POSITION.sub("", reason)
    places = Places(text)
    place = Place(int(position[1]), int(position[2])) if position[1] else places.at(len(text))
    offset = places.offset(place)
    line = text[(start := places.offset(Place(place.line, 1))) :].partition("\n")[0]
    if found := next(chain(hidden(line), curly(line)), None):
        kind = (
            "an invisible character"
            if next(hidden(line), None)
            else "a quotation mark that TOML does not know"
        )
        return f"{reason}: {kind}, {found[1]}, stands in it", places.at(start + found[0])
    if _TWICE.match(reason) and (twice := places.written_twice(offset)):
        return f"{dotted(twice[0])} stands there twice, first in line {twice[1].line}", place
    return reason, place
