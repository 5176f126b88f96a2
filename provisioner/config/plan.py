"""A change as data: from what config.toml means now and what it should mean, the ordered changes between."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KeyPath = tuple[str, ...]
Kind = Literal["add", "change", "remove"]

# Tables that only hold other tables: one that appears is the sum of its entries.
CONTAINERS = frozenset({("providers",), ("models",)})
_USUAL, _TEXT = frozenset({str, int, bool, list}), frozenset({str})


class Change(NamedTuple):
    """One key or whole table that appears, changes its value, or goes.

    Attributes:
        kind: ``add`` and ``remove`` may name a table; ``change`` names a single value, arrays included.
        path: key by key from the top of the file.
        before: ``None`` for ``add``.
        after: ``None`` for ``remove``.
    """

    kind: Kind
    path: KeyPath
    before: Any
    after: Any

    def __repr__(self) -> str:  # the values may be keys
        return f"Change(kind={self.kind!r}, path={self.path!r})"


class Entries(NamedTuple):
    """Names of providers or aliases, by what happens to them; each in the order of the plan."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


class Plan:
    """All changes, in the order of the desired data. A plan without changes is false."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        self.changes = changes

    def __repr__(self) -> str:
        return f"Plan({self.changes!r})"

    def __bool__(self) -> bool:
        return bool(self.changes)

    @cached_property
    def providers(self) -> Entries:
        """What happens to ``[providers.*]``."""
        return self._entries("providers")

    @cached_property
    def aliases(self) -> Entries:
        """What happens to ``[models.*]``."""
        return self._entries("models")

    def _entries(self, container: str) -> Entries:
        by_kind: dict[Kind, dict[str, None]] = {"add": {}, "change": {}, "remove": {}}
        for change in self.changes:
            if change.path[0] == container and len(change.path) > 1:
                by_kind["change" if change.path[2:] else change.kind][change.path[1]] = None
        return Entries(*(tuple(by_kind[kind]) for kind in ("add", "change", "remove")))


def plan(before: Mapping[str, Any], after: Mapping[str, Any]) -> Plan:
    """The changes that lead from ``before`` to ``after``; key order alone is no change."""
    return Plan(tuple(_changes(before, after, ())))


def same(one: Any, other: Any) -> bool:
    """Whether two parsed values are equal for TOML: ``1``, ``1.0`` and ``true`` are three values, ``nan`` is one."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return len(one) == len(other) and all(k in other and same(v, other[k]) for k, v in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, str | int):
        return bool(one == other)
    return repr(one) == repr(other)  # -0.0, nan, and times that differ in their offset only


def plainly_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two tables are the same in what can be told at once.

    That is where they hold nothing but text, whole numbers, booleans and lists of text, as most do.
    """
    types = list(map(type, one.values()))
    if not _USUAL.issuperset(types) or one != other or types != [type(other[key]) for key in one]:
        return False
    lists = [value for value in one.values() if type(value) is list]
    return _TEXT.issuperset(map(type, chain.from_iterable(lists)))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], path: KeyPath) -> Iterator[Change]:
    for key, old in before.items():
        if key not in after:
            yield Change("remove", (*path, key), old, None)
    for key, new in after.items():
        old = before.get(key)
        if key in before and (
            old is new or (isinstance(old, dict) and isinstance(new, dict) and plainly_same(old, new))
        ):
            continue
        here = (*path, key)
        if key in before:
            if isinstance(old, dict) and isinstance(new, dict):
                yield from _changes(old, new, here)
            elif not same(old, new):
                yield Change("change", here, old, new)
        elif here in CONTAINERS and isinstance(new, dict):
            yield from _changes({}, new, here)
        else:
            yield Change("add", here, None, new)
