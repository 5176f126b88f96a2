"""Three-way merge of one table: what was written last, what stands there now, and what upstream says now.

What was written last is kept as fingerprints only, so that a record of it can hold no key.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from provisioner.config.plan import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Base = Mapping[str, str]

Kind = Literal["changed", "conflict", "unsure"]
_LENGTH = 16
_PLAIN = (str, int)
_ENCODER = json.JSONEncoder(sort_keys=True, default=repr)


class FieldDifference(NamedTuple):
    """A field in which the table and upstream differ, unless only the user changed it.

    Attributes:
        name: of the field.
        kind: ``changed`` by upstream alone, and merged; a ``conflict`` where both changed it; ``unsure`` where
            nothing tells who did. The last two keep what stands there.
        before: what stands there; None for an absent key.
        after: what upstream says; None likewise.
    """

    name: str
    kind: Kind
    before: Any
    after: Any

    def __repr__(self) -> str:  # the values may be keys
        return f"FieldDifference(name={self.name!r}, kind={self.kind!r})"


def fingerprint(value: Any) -> str:
    """A short digest of a parsed value: equal for equal values, and no way back to them."""
    # What is equal must look the same to be kept: true is equal to 1, and no text and no other integer is.
    if type(value) in _PLAIN:
        return _kept(value)
    if type(value) is list and set(map(type, value)) == {str}:
        return _kept(tuple(value))
    return _digest(value)


def _digest(value: Any) -> str:
    return hashlib.sha256(_ENCODER.encode(value).encode()).hexdigest()[:_LENGTH]


_kept = lru_cache(maxsize=4096)(_digest)  # most of the fields of an import say the same


def base_of(table: Mapping[str, Any], owned: Iterable[str]) -> dict[str, str]:
    """What to remember of a table that is being written: the fingerprint of each field that upstream owns."""
    return {
        name: _kept(value) if type(value := table[name]) in _PLAIN else fingerprint(value)
        for name in owned
        if name in table
    }


def merged(
    base: Base | None,
    current: Mapping[str, Any],
    upstream: Mapping[str, Any],
    owned: Iterable[str],
    *,
    assumed: bool = False,
) -> tuple[dict[str, Any], tuple[FieldDifference, ...]]:
    """``current`` with each owned field that upstream alone changed, and where the two differ.

    Fields that upstream does not own stay. ``base`` is None where nobody knows what was written last,
    ``assumed`` where it is only likely.
    """
    new, found = dict(current), []
    for name in owned:
        mine, theirs = current.get(name), upstream.get(name)
        if same(mine, theirs) and (name in current) == (name in upstream):
            continue
        was = None if base is None else base.get(name)
        sure = base is not None and not assumed
        if sure and was == _print_of(upstream, name):
            continue  # the user's own
        if base is not None and was == _print_of(current, name):
            kind: Kind = "changed"
            if name in upstream:
                new[name] = theirs
            else:
                del new[name]
        else:
            kind = "conflict" if sure else "unsure"
        found.append(FieldDifference(name, kind, mine, theirs))
    return new, tuple(found)


def untouched(base: Base, current: Mapping[str, Any], owned: Iterable[str]) -> bool:
    """Whether a table still is what was written: no owned field differs, and there is nothing beside them."""
    known = tuple(owned)
    return base_of(current, known) == dict(base) and not current.keys() - set(known)


def _print_of(table: Mapping[str, Any], name: str) -> str | None:
    return fingerprint(table[name]) if name in table else None
